"""Feeds that are looked at, and every entry that ever came from one, so that nothing comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models import Campaign, NewsItem, Source, State, Topic
from campaigns.feeds import addressing, noting
from campaigns.feeds.troubles import AddressError, sentence
from campaigns.safeguarding.sensitivity import Sensitivity

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import _StrPromise

MOST_ENTRIES = 50


class Interval(models.IntegerChoices):
    """How often a feed is looked at, in minutes."""

    QUARTER = 15, _("every quarter of an hour")
    HALF = 30, _("every half hour")
    HOUR = 60, _("every hour")
    THREE_HOURS = 180, _("every three hours")
    SIX_HOURS = 360, _("every six hours")
    DAY = 1440, _("once a day")


class FeedQuerySet(models.QuerySet["Feed"]):
    """Chains of the question "should it be looked at now?"."""

    def due(self, *, now: dt.datetime) -> FeedQuerySet:
        """Feeds that are switched on, due at `now` (aware), and in nobody's hands."""
        return self.free(now=now).filter(active=True, due_at__lte=now)

    def free(self, *, now: dt.datetime) -> FeedQuerySet:
        """Feeds that nobody looks at just now; whoever said so and is silent since has lost them."""
        return self.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))


class Feed(models.Model):
    """An address that is looked at for news, what its drafts are given, and how it has fared.

    The row is the schedule: `due_at` says when it is looked at next, `leased_until` that somebody is at it.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    url = models.CharField(
        _("address"), max_length=500, unique=True, help_text=_("Of the feed itself: RSS, Atom or JSON Feed.")
    )
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="feeds")
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        help_text=_("The language its entries are written in."),
    )
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="feeds")
    campaigns = models.ManyToManyField(Campaign, verbose_name=_("campaigns"), blank=True, related_name="feeds")
    sensitivity = models.PositiveSmallIntegerField(
        _("sensitivity"),
        choices=Sensitivity,
        default=Sensitivity.EVERYDAY,
        help_text=_("What its drafts begin with; choose the highest that is usual there."),
    )
    active = models.BooleanField(_("switched on"), default=True)
    interval = models.PositiveSmallIntegerField(_("looked at"), choices=Interval, default=Interval.HOUR)
    most_entries = models.PositiveSmallIntegerField(
        _("most drafts at a time"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_ENTRIES)],
        help_text=_("The newest ones; older entries are left out. At most 50."),
    )

    due_at = models.DateTimeField(_("next look"), null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    looked_at = models.DateTimeField(_("last look"), null=True, editable=False)
    fresh_at = models.DateTimeField(_("last success"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    trouble = models.CharField(max_length=30, blank=True, editable=False)
    trouble_facts = models.JSONField(default=dict, editable=False)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=300, blank=True, editable=False)
    moved_to = models.URLField(_("moved to"), max_length=500, blank=True, editable=False)
    kind = models.CharField(_("format"), max_length=40, blank=True, editable=False)
    last_taken = models.PositiveIntegerField(default=0, editable=False)
    last_left = models.PositiveIntegerField(default=0, editable=False)
    full = models.BooleanField(default=False, editable=False)
    news_at = models.DateTimeField(_("last new entry"), null=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        constraints = [
            models.CheckConstraint(condition=Q(sensitivity__lte=3), name="feed_sensitivity_0_to_3"),
            models.CheckConstraint(condition=Q(most_entries__gte=1), name="feed_takes_at_least_one"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(active=True), name="feed_due")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an address that would never be fetched, with a sentence at the field (X10)."""
        try:
            address = addressing.fetchable(self.url if ":" in self.url else f"https://{self.url.strip()}")
        except AddressError as error:
            raise ValidationError({"url": error.sentence}) from error
        self.url = address.url

    @property
    def trouble_sentence(self) -> str:
        """What is wrong, in the active language; empty when nothing is."""
        return sentence(self.trouble, self.trouble_facts) if self.trouble else ""


class Story(models.Model):
    """What several feeds report alike. `chosen` is the item that is worked on; the others stand by as "also reported"."""

    chosen = models.ForeignKey(NewsItem, models.SET_NULL, verbose_name=_("chosen"), null=True, related_name="+")

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")

    def __str__(self) -> str:
        return f"{self.pk}"


class FeedEntryQuerySet(models.QuerySet["FeedEntry"]):
    """Chains over what came."""

    def drafts(self) -> FeedEntryQuerySet:
        """Entries whose news item nobody has dealt with yet."""
        return self.filter(news_item__state=State.DRAFT)

    def told(self) -> FeedEntryQuerySet:
        """Those that became news items, with all that a page says of them, in a few queries."""
        rows = self.filter(news_item__isnull=False).select_related("feed", "story", "news_item")
        return rows.prefetch_related("news_item__texts", "story__reports__feed", "story__reports__news_item__texts")

    def one_of_each(self) -> FeedEntryQuerySet:
        """Without those whose story is told by another one that was chosen."""
        chosen = Q(story__chosen__isnull=True) | Q(story__chosen=models.F("news_item"))
        return self.filter(Q(story__isnull=True) | chosen)


class FeedEntry(models.Model):
    """One entry of a feed, remembered for ever by its key, and the draft that was made of it, if one was."""

    feed = models.ForeignKey(Feed, models.CASCADE, verbose_name=_("feed"), related_name="entries")
    key = models.CharField(max_length=64, help_text="SHA-256 of its guid, link or words: what makes it the same entry.")
    likeness = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of link, title and day, for a guid that changes."
    )
    edition = models.CharField(max_length=64, help_text="SHA-256 of its words: tells when the source has changed them.")
    link = models.URLField(_("address"), max_length=500, blank=True)
    dated = models.DateField(_("source date"), null=True)
    first_seen_at = models.DateTimeField(_("came"))
    changed_at = models.DateTimeField(_("changed at the source"), null=True)
    news_item = models.ForeignKey(
        NewsItem, models.SET_NULL, verbose_name=_("news item"), null=True, related_name="reports"
    )
    story = models.ForeignKey(Story, models.SET_NULL, verbose_name=_("story"), null=True, related_name="reports")
    shingles = models.BinaryField(default=bytes, help_text="Hashes of three words each, packed: comparing.py.")
    compared = models.BooleanField(default=True, help_text="Whether it was compared with other feeds' entries.")
    notes = models.JSONField(default=list, help_text="What the feed left out or was made up for: noting.py.")

    objects = FeedEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("feed entry")
        verbose_name_plural = _("feed entries")
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="feedentry_comes_once")]
        indexes = [
            models.Index(fields=["feed", "likeness"], name="feedentry_likeness"),
            models.Index(fields=["dated"], condition=Q(news_item__isnull=False), name="feedentry_dated"),
            models.Index(fields=["first_seen_at"], name="feedentry_came"),
            models.Index(fields=["compared"], condition=Q(compared=False), name="feedentry_to_compare"),
        ]

    def __str__(self) -> str:
        return str(self.news_item or self.link or self.key[:8])

    @property
    def is_chosen(self) -> bool:
        """Whether its item is the one of its story that is worked on."""
        return self.story is not None and self.story.chosen_id == self.news_item_id

    @property
    def others(self) -> list[FeedEntry]:
        """What other feeds say of the same story."""
        if self.story is None:
            return []
        return [each for each in self.story.reports.all() if each.pk != self.pk and each.news_item_id]

    @property
    def note_sentences(self) -> list[str | _StrPromise]:
        """What was made up for, in the active language."""
        return noting.sentences(self.notes)
