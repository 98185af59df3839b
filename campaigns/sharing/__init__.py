"""In: an approved campaign in one language. Out: its sharing kit, one zip whose bytes depend on its content alone."""
