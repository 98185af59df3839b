"""Everything Wici needs, started as one group and stopped as one: `manage.py up` in; a site that answers out."""
