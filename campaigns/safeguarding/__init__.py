"""In: a sensitivity level or a text. Out: what care it demands. Pure rules; no database, no clock."""
