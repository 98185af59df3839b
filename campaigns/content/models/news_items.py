"""News items: facts once, words per language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.campaigns import Campaign
from campaigns.content.models.images import Image
from campaigns.content.models.revisions import NewsItemRevision
from campaigns.content.models.texts import State, Translation, one_text_per_language, who, words_at_hand
from campaigns.content.models.topics import Source, Topic
from campaigns.safeguarding.sensitivity import Sensitivity

if TYPE_CHECKING:
    import datetime as dt


class NewsItemQuerySet(models.QuerySet["NewsItem"]):
    """Chains of the question "may this be read now?"."""

    def approved(self) -> NewsItemQuerySet:
        """Items of which an approved version is in use, be it this one or, while a newer is being written, the last one."""
        return self.filter(Q(state=State.APPROVED) | Q(in_use__isnull=False))

    def readable(self, *, now: dt.datetime) -> NewsItemQuerySet:
        """Those whose embargo has passed at `now` (aware). An embargo set anew holds at once, one taken away when approved."""
        return self.approved().exclude(embargo_until__gt=now).exclude(in_use__embargo_until__gt=now)


class NewsItem(models.Model):
    """One reusable piece of news: its language-neutral facts."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("Stands in the page's address; keep it neutral."))
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="news_items")
    source_url = models.URLField(_("source page"), max_length=500)
    source_date = models.DateField(_("source date"))
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="news_items")
    campaigns = models.ManyToManyField(Campaign, verbose_name=_("campaigns"), blank=True, related_name="news_items")
    sensitivity = models.PositiveSmallIntegerField(_("sensitivity"), choices=Sensitivity, default=Sensitivity.EVERYDAY)
    image = models.ForeignKey(
        Image, models.SET_NULL, verbose_name=_("image"), null=True, blank=True, related_name="news_items"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    written_by = who(_("last written by"))
    submitted_by = who(_("submitted by"))
    in_use = models.ForeignKey(
        NewsItemRevision,
        models.SET_NULL,
        verbose_name=_("approved version"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text=_("What is printed and read while a newer version is being written."),
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("checked by"), null=True, blank=True, related_name="+"
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = NewsItemQuerySet.as_manager()

    stands_in = False
    """Whether this is a copy of the version approved last, made while a newer one is being written."""

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")
        permissions = [("approve_newsitem", "Can approve and withdraw news items")]
        constraints = [models.CheckConstraint(condition=Q(sensitivity__lte=3), name="newsitem_sensitivity_0_to_3")]

    def __str__(self) -> str:
        return words_at_hand(self, "title") or self.slug


class NewsItemText(Translation):
    """A news item's words in one language."""

    news_item = models.ForeignKey(NewsItem, models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=160)
    lead = models.TextField(_("lead"), help_text=_("Two or three sentences that stand in the edition."))
    body = models.TextField(_("text"), blank=True, help_text=_("Rich text for the item's page."))
    content_note = models.CharField(
        _("content note"),
        max_length=200,
        blank=True,
        help_text=_("One sentence before a sensitive text: what it is about, so that a reader can pass it by."),
    )

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("news_item")]

    def __str__(self) -> str:
        return self.title
