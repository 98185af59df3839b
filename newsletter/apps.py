"""The app and its name."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    """Newsletters: how it is put together, sent and counted."""

    name = "newsletter"
    verbose_name = _("Newsletters")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the numbered system checks."""
        from newsletter import checks  # noqa: F401, PLC0415 (checks register themselves once apps are ready)
