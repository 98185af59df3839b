"""Revisions: what a news item or a campaign said, whenever somebody saved it or took a step."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.texts import State
from campaigns.safeguarding.sensitivity import Sensitivity


class Step(models.TextChoices):
    """What somebody did when the revision was kept."""

    SAVED = "saved", _("saved")
    SUBMITTED = "submitted", _("sent to review")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned to draft")
    WITHDRAWN = "withdrawn", _("withdrawn")
    RESTORED = "restored", _("went back to an earlier version")


class Revision(models.Model):
    """Everything an item said at one moment, with who did what. Written once; nobody changes it."""

    number = models.PositiveIntegerField(_("number"))
    step = models.CharField(_("step"), max_length=10, choices=Step)
    state = models.CharField(_("state"), max_length=10, choices=State)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    comment = models.TextField(_("comment"), blank=True)
    content = models.JSONField(_("content"))
    """What `content.revising.content_of` made of the item."""
    sensitivity = models.PositiveSmallIntegerField(_("sensitivity"), choices=Sensitivity)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number}: {self.get_step_display()}"


class NewsItemRevision(Revision):
    """A revision of a news item. Its embargo and sensitivity are columns too: queries ask for them."""

    item = models.ForeignKey("campaigns.NewsItem", models.CASCADE, related_name="revisions")
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="newsitemrevision_one_per_number")]


class CampaignRevision(Revision):
    """A revision of a campaign."""

    item = models.ForeignKey("campaigns.Campaign", models.CASCADE, related_name="revisions")

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="campaignrevision_one_per_number")]
