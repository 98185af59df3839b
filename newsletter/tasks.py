"""All background work on one page. A task is a nudge: it looks at rows, acts, and may run twice."""
