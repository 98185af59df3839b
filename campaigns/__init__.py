"""What we say: news items, awareness campaigns, the help directory, safeguarding. Never imports `newsletter`."""
