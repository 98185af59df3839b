"""How news is put together, to whom it is sent, how it gets there, and what came of it; also the Django project."""

from newsletter.celery import app as celery_app

__all__ = ["celery_app"]
