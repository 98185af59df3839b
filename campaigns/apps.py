"""The app and its name."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Content: what we say."""

    name = "campaigns"
    verbose_name = _("Content")
    default_auto_field = "django.db.models.BigAutoField"
