"""News items, awareness campaigns and what they share. Facts are language-neutral; a text row holds each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.safeguarding.sensitivity import Sensitivity

if TYPE_CHECKING:
    import datetime as dt


class State(models.TextChoices):
    """Where a piece of content stands on its way to print."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


def one_text_per_language(owner: str) -> models.UniqueConstraint:
    """The constraint every text table carries: one row per owner and language."""
    return models.UniqueConstraint(fields=[owner, "language"], name=f"%(class)s_one_per_{owner}_and_language")


class Translation(models.Model):
    """A text in one language, belonging to something language-neutral."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)

    class Meta:
        abstract = True


def words_at_hand(owner: models.Model, field: str) -> str:
    """`field` of the owner's text in the reader's language, or any other, when its texts are prefetched; else empty."""
    texts = getattr(owner, "_prefetched_objects_cache", {}).get("texts") or []
    ordered = sorted(texts, key=lambda text: text.language != get_language())
    return str(getattr(ordered[0], field)) if ordered else ""


class Topic(models.Model):
    """A subject readers know: phishing, passwords, children online."""

    slug = models.SlugField(_("slug"), unique=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return words_at_hand(self, "name") or self.slug


class TopicText(Translation):
    """A topic's name in one language."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("topic")]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """Who published what we report: an agency, a CERT, a police force."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    website = models.URLField(_("website"))
    licence = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("The terms under which it may be quoted.")
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class Image(models.Model):
    """A picture stored once, re-encoded and free of metadata (X15)."""

    file = models.ImageField(_("file"), upload_to="images/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self) -> str:
        return self.file.name or ""


class ImageText(Translation):
    """What a picture shows, for those who do not see it. Empty means decorative."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="texts")
    alt = models.CharField(_("alternative text"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("image")]

    def __str__(self) -> str:
        return self.alt


class Campaign(models.Model):
    """An awareness campaign that lives for months across editions; never "one e-mail"."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("Stands in the page's address; keep it neutral."))
    hashtag = models.CharField(_("hashtag"), max_length=60, blank=True)
    owner = models.CharField(_("owner"), max_length=120, help_text=_("The organisation that runs it."))
    official_url = models.URLField(_("official page"))
    launched_on = models.DateField(_("launched on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    sensitivity = models.PositiveSmallIntegerField(_("sensitivity"), choices=Sensitivity, default=Sensitivity.EVERYDAY)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="campaigns")
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

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


class CampaignText(Translation):
    """A campaign's words in one language."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)
    headline = models.CharField(_("headline"), max_length=160)
    message = models.TextField(_("message"), help_text=_("What it says, in two or three sentences."))
    call_to_action = models.CharField(_("call to action"), max_length=160)
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


class NewsItemQuerySet(models.QuerySet["NewsItem"]):
    """Chains of the question "may this be read now?"."""

    def approved(self) -> NewsItemQuerySet:
        """Items whose text somebody approved."""
        return self.filter(state=State.APPROVED)

    def readable(self, *, now: dt.datetime) -> NewsItemQuerySet:
        """Approved items whose embargo has passed at `now` (aware)."""
        return self.approved().filter(Q(embargo_until__isnull=True) | Q(embargo_until__lte=now))


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
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("checked by"), null=True, blank=True, related_name="+"
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

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
