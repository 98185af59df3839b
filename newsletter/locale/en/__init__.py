"""English is written the European way here: the day before the month, and hours counted to 24."""
