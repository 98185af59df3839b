"""In: addresses of RSS, Atom and JSON feeds. Out: drafts of news items with source, date and licence, near-duplicates grouped.

Nothing is published by itself, nothing comes twice, and what is wrong with a feed is a sentence at that feed.
"""
