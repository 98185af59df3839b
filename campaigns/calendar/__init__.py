"""In: rules of dates and two days. Out: the observances between them, computed, never stored (standards 6.4)."""
