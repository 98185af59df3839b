"""Newsletters and their editions: what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models import (
    Campaign,
    Image,
    NewsItem,
    ScamExample,
    Translation,
    one_text_per_language,
    words_at_hand,
)
from newsletter.lib.wall_clock import validate_zone

if TYPE_CHECKING:
    import datetime as dt

DAYS_OF_A_WEEK = 7
COLOUR = RegexValidator(r"^#[0-9A-Fa-f]{6}$", _("Write a colour as # and six hexadecimal digits: #0F4C5C."))


def validate_days(days: object) -> None:
    """Weekdays as ISO counts them: 1 is Monday, 7 is Sunday."""
    if not isinstance(days, list) or any(type(day) is not int or not 1 <= day <= DAYS_OF_A_WEEK for day in days):
        raise ValidationError(_("Write the days as numbers from 1, Monday, to 7, Sunday."), code="days")


class Newsletter(models.Model):
    """A publication people subscribe to: sender, look, languages, consent wording."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("Stands in addresses and in List-Id; never changes."))
    sender_email = models.EmailField(_("sender address"), help_text=_("Stands in From."))
    reply_to = models.EmailField(_("reply address"), help_text=_("A mailbox that somebody reads (F13)."))
    country = models.CharField(
        _("country"),
        max_length=2,
        default="PL",
        validators=[RegexValidator(r"^[A-Z]{2}$")],
        help_text=_("Whose helplines its readers are shown."),
    )
    languages = models.JSONField(_("languages"), default=list, help_text=_('Codes of its languages: ["pl", "en"]'))
    postal_address = models.CharField(_("postal address"), max_length=300, help_text=_("Printed in every edition."))
    servers = models.JSONField(
        _("mail servers"),
        default=list,
        blank=True,
        help_text=_("Which of the servers in SMTP_URL carry its mail. None ticked: any of them."),
    )
    brand_colour = models.CharField(_("brand colour"), max_length=7, blank=True, validators=[COLOUR])
    signal_colour = models.CharField(_("signal colour"), max_length=7, blank=True, validators=[COLOUR])
    logo = models.ForeignKey(
        Image, models.SET_NULL, verbose_name=_("logo"), null=True, blank=True, related_name="newsletters"
    )
    per_second = models.PositiveIntegerField(
        _("messages per second"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    per_hour = models.PositiveIntegerField(
        _("messages per hour"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    per_day = models.PositiveIntegerField(
        _("messages per day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[validate_zone],
        help_text=_("Such as Europe/Warsaw; empty: the site's. Its hours, and readers who named no zone, go by it."),
    )
    window_days = models.JSONField(
        _("sends on"), default=list, blank=True, validators=[validate_days], help_text=_("No day ticked: on every day.")
    )
    window_from = models.TimeField(_("sends from"), null=True, blank=True)
    window_to = models.TimeField(
        _("sends until"),
        null=True,
        blank=True,
        help_text=_("Not later than the first hour: on the next day. Urgent mailings go out at any time."),
    )

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        constraints = [
            models.CheckConstraint(
                condition=Q(window_from__isnull=True, window_to__isnull=True)
                | Q(window_from__isnull=False, window_to__isnull=False),
                name="newsletter_window_has_both_ends",
                violation_error_message=_("Give both hours, from and until, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return words_at_hand(self, "name") or self.slug


class NewsletterText(Translation):
    """A newsletter's words in one language."""

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    description = models.TextField(_("description"), help_text=_("What readers get and how often."))
    sender_name = models.CharField(_("sender name"), max_length=80)
    publisher = models.CharField(_("publisher"), max_length=160, help_text=_("The organisation that sends it."))
    consent_wording = models.TextField(_("consent wording"), help_text=_("What a reader agrees to, word for word."))
    first_name_fallback = models.CharField(
        _("instead of a first name"), max_length=40, help_text=_("Printed where a reader gave no name.")
    )

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("newsletter")]

    def __str__(self) -> str:
        return self.name


class EditionState(models.TextChoices):
    """Where an edition stands. Only an approved one can be mailed; editing an approved one makes it a draft again."""

    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")


class EditionQuerySet(models.QuerySet["Edition"]):
    """Chains of the question "may the public read this?"."""

    def published(self, *, now: dt.datetime) -> EditionQuerySet:
        """Editions that went out at or before `now` (aware)."""
        return self.filter(published_at__lte=now)

    def public(self, *, now: dt.datetime) -> EditionQuerySet:
        """Published editions that still stand as approved and hold nothing under embargo at `now` (aware)."""
        shown = self.published(now=now).filter(state=EditionState.APPROVED)
        for item in ("news_item", "news_item__in_use"):  # an embargo set anew holds, and so does the approved one
            early = self.filter(**{f"blocks__{item}__embargo_until__gt": now})
            shown = shown.exclude(pk__in=early.values("pk"))
        return shown


class Edition(models.Model):
    """One number of a newsletter: ordered blocks and a text per language. *What* is sent."""

    newsletter = models.ForeignKey(Newsletter, models.PROTECT, verbose_name=_("newsletter"), related_name="editions")
    slug = models.SlugField(_("slug"), unique=True, help_text=_("Stands in the page's address; keep it neutral."))
    code = models.CharField(
        _("edition code"),
        max_length=20,
        unique=True,
        help_text=_("Printed in every mail so that a reader can check it."),
    )
    dated = models.DateField(_("date"), help_text=_("Printed under the newsletter's name."))
    state = models.CharField(_("state"), max_length=10, choices=EditionState, default=EditionState.DRAFT)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_digest = models.CharField(
        _("approved digest"),
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("SHA-256 over the composed messages at approval; a send must find the same."),
    )
    first_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("first approved by"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where the level asks for two approvers: the first of them."),
    )
    first_approved_at = models.DateTimeField(_("first approved at"), null=True, blank=True)
    first_approved_digest = models.CharField(
        _("first approved digest"), max_length=64, blank=True, default="", editable=False
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    observance = models.CharField(
        _("observance"),
        max_length=60,
        blank=True,
        default="",
        editable=False,
        help_text=_("Key of the day in the awareness calendar for which it was planned; empty for most."),
    )
    observance_year = models.PositiveSmallIntegerField(_("year of the observance"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        permissions = [("approve_edition", "Can approve editions for sending")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=EditionState.DRAFT) | Q(approved_at__isnull=False), name="edition_approved_has_time"
            ),
            models.CheckConstraint(
                condition=Q(observance="") ^ Q(observance_year__isnull=False), name="edition_observance_has_year"
            ),
            models.UniqueConstraint(
                fields=["newsletter", "observance", "observance_year"],
                condition=~Q(observance=""),
                name="edition_one_per_observance",
            ),
        ]

    def __str__(self) -> str:
        return words_at_hand(self, "subject") or f"{self.slug} ({self.code})"

    @property
    def sensitivity(self) -> int:
        """The highest level among what it holds; 0 for an empty one."""
        owners = ("news_item", "news_item__in_use", "campaign", "campaign__in_use")
        levels = self.blocks.aggregate(*(Max(f"{owner}__sensitivity") for owner in owners))
        return max(level or 0 for level in levels.values())


class EditionText(Translation):
    """An edition's subject line and preheader in one language."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="texts")
    subject = models.CharField(_("subject"), max_length=150)
    preheader = models.CharField(_("preheader"), max_length=110)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("edition")]

    def __str__(self) -> str:
        return self.subject


class BlockKind(models.TextChoices):
    """The eight pieces an edition is built from."""

    NEWS_ITEM = "news_item", _("news item")
    CAMPAIGN = "campaign", _("campaign")
    TEXT = "text", _("text")
    IMAGE = "image", _("image")
    SCAM_EXAMPLE = "scam_example", _("scam example")
    BUTTON = "button", _("button")
    HELP = "help", _("help")
    DIVIDER = "divider", _("divider")


class Block(models.Model):
    """A piece of an edition, in its place."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField(_("position"), default=0, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=BlockKind)
    news_item = models.ForeignKey(
        NewsItem, models.PROTECT, verbose_name=_("news item"), null=True, blank=True, related_name="blocks"
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, verbose_name=_("campaign"), null=True, blank=True, related_name="blocks"
    )
    image = models.ForeignKey(
        Image, models.PROTECT, verbose_name=_("image"), null=True, blank=True, related_name="blocks"
    )
    scam_example = models.ForeignKey(
        ScamExample, models.PROTECT, verbose_name=_("scam example"), null=True, blank=True, related_name="blocks"
    )
    url = models.URLField(_("link"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=BlockKind.NEWS_ITEM) | Q(news_item__isnull=False), name="block_news_item_is_chosen"
            ),
            models.CheckConstraint(
                condition=~Q(kind=BlockKind.CAMPAIGN) | Q(campaign__isnull=False), name="block_campaign_is_chosen"
            ),
            models.CheckConstraint(
                condition=~Q(kind=BlockKind.IMAGE) | Q(image__isnull=False), name="block_image_is_chosen"
            ),
            models.CheckConstraint(
                condition=~Q(kind=BlockKind.SCAM_EXAMPLE) | Q(scam_example__isnull=False),
                name="block_scam_example_is_chosen",
            ),
            models.CheckConstraint(condition=~Q(kind=BlockKind.BUTTON) | ~Q(url=""), name="block_button_has_link"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.get_kind_display()}"


class BlockText(Translation):
    """A block's own words in one language (text, image caption, button label)."""

    block = models.ForeignKey(Block, models.CASCADE, related_name="texts")
    heading = models.CharField(_("heading"), max_length=160, blank=True)
    body = models.TextField(_("text"), blank=True)
    label = models.CharField(_("button label"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("block")]

    def __str__(self) -> str:
        return self.heading or self.label
