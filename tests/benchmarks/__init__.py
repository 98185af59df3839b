"""`make bench`: how fast, how cheap and how steady sending is, from launch to the last recorded outcome. See README."""
