"""Awareness campaigns: facts once, words per language. What belongs to one stands in modules of its own beside this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.approvable import Approvable, version_in_use
from campaigns.content.models.images import Image
from campaigns.content.models.objectives import Measured
from campaigns.content.models.revisions import CampaignRevision
from campaigns.content.models.texts import Translation, one_text_per_language
from campaigns.content.models.topics import Topic

if TYPE_CHECKING:
    import datetime as dt

HASHTAG = RegexValidator(
    r"^#(?=\w*[^\W\d_])\w+\Z",
    _("Write # and then letters, digits or _ without a space, with at least one letter: #SayNO."),
)


class Campaign(Measured, Approvable):
    """An awareness campaign that lives for months across editions; never "one e-mail"."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("Stands in the page's address; keep it neutral."))
    hashtag = models.CharField(
        _("hashtag"), max_length=60, blank=True, validators=[HASHTAG], help_text=_("Such as #SayNO.")
    )
    owner = models.CharField(_("owner"), max_length=120, help_text=_("The organisation that runs it."))
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("responsible person"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who looks after it here and answers questions about it."),
    )
    official_url = models.URLField(_("official page"))
    launched_on = models.DateField(_("launched on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    logo = models.ForeignKey(
        Image,
        models.SET_NULL,
        verbose_name=_("logo"),
        null=True,
        blank=True,
        related_name="campaigns",
        help_text=_("Stands on the cards and the poster of its sharing kit."),
    )
    licence = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("The terms under which others may pass it on.")
    )
    in_use = version_in_use(CampaignRevision)
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="campaigns")
    observance = models.CharField(
        _("observance"), max_length=60, blank=True, help_text=_("The day or week of the calendar it belongs to.")
    )

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [("approve_campaign", "Can approve and withdraw campaigns")]
        constraints = [
            models.CheckConstraint(condition=Q(sensitivity__lte=3), name="campaign_sensitivity_0_to_3"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("launched_on")),
                name="campaign_ends_after_launch",
            ),
        ]

    def __str__(self) -> str:
        return self.hashtag or self.slug

    def clean(self) -> None:
        """Refuse an end before the beginning, and an evaluation plan that is half said (E1)."""
        if self.launched_on and self.ends_on and self.ends_on < self.launched_on:
            raise ValidationError({"ends_on": _("The end lies before the beginning. Correct one of the two dates.")})
        super().clean()

    def holds(self, day: dt.date) -> bool:
        """Whether `day` lies within its dates; one without an end is open."""
        return self.launched_on <= day and (self.ends_on is None or day <= self.ends_on)


class CampaignText(Translation):
    """A campaign's words in one language."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)
    public_name = models.CharField(
        _("neutral public name"),
        max_length=120,
        blank=True,
        help_text=_("For cards and posts of a sensitive campaign: nothing that tells others what it is about."),
    )
    headline = models.CharField(_("headline"), max_length=160)
    message = models.TextField(_("message"), help_text=_("What it says, in two or three sentences."))
    call_to_action = models.CharField(_("call to action"), max_length=160)
    share_text = models.TextField(
        _("words for sharing"),
        blank=True,
        help_text=_(
            "What others post about it, short sentences first. Empty: its message, or careful words if it is sensitive."
        ),
    )
    body = models.TextField(_("text"), blank=True, help_text=_("Rich text for the campaign's page."))
    content_note = models.CharField(
        _("content note"),
        max_length=200,
        blank=True,
        help_text=_("One sentence before a sensitive text: what it is about, so that a reader can pass it by."),
    )

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("campaign")]

    def __str__(self) -> str:
        return self.name
