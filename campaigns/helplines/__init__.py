"""In: verified entries of the help directory. Out: the right helplines for one reader, never an unverified one (G7)."""
