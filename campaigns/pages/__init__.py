"""The doors to what we say: a campaign, a piece of news, where to find help."""
