"""Numbered system checks: a wrong setting is named with a hint before anything starts."""
