"""News items: facts once, words per language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.approvable import IN_PRINT, Approvable, version_in_use
from campaigns.content.models.campaigns import Campaign
from campaigns.content.models.images import Image
from campaigns.content.models.revisions import NewsItemRevision
from campaigns.content.models.texts import Translation, one_text_per_language, words_at_hand
from campaigns.content.models.topics import Source, Topic

if TYPE_CHECKING:
    import datetime as dt


class NewsItemQuerySet(models.QuerySet["NewsItem"]):
    """Chains of the question "may this be read now?"."""

    def approved(self) -> NewsItemQuerySet:
        """Items of which a version is in print."""
        return self.filter(IN_PRINT)

    def readable(self, *, now: dt.datetime) -> NewsItemQuerySet:
        """Those whose embargo has passed at `now` (aware). An embargo set anew holds at once, one taken away when approved."""
        return self.approved().exclude(embargo_until__gt=now).exclude(in_use__embargo_until__gt=now)


class NewsItem(Approvable):
    """One reusable piece of news: its language-neutral facts."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("Stands in the page's address; keep it neutral."))
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="news_items")
    source_url = models.URLField(_("source page"), max_length=500)
    source_date = models.DateField(_("source date"))
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="news_items")
    campaigns = models.ManyToManyField(Campaign, verbose_name=_("campaigns"), blank=True, related_name="news_items")
    image = models.ForeignKey(
        Image, models.SET_NULL, verbose_name=_("image"), null=True, blank=True, related_name="news_items"
    )
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    in_use = version_in_use(NewsItemRevision)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("checked by"), null=True, blank=True, related_name="+"
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = NewsItemQuerySet.as_manager()

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
