"""The whole product as real processes, and what kills them at an exact step: for the fault matrix and the soak."""
