"""In: rows. Out: Figures."""
