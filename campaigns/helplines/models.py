"""The help directory's entries: facts once, words per language."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models import Translation, one_text_per_language

REVIEW_WITHIN = dt.timedelta(days=180)


class Kind(models.TextChoices):
    """What a reader can do there."""

    EMERGENCY = "emergency", _("emergency")
    HELP = "help", _("help")
    REPORT = "report", _("report content")
    REMOVE = "remove", _("remove images")
    FRAUD = "fraud", _("report fraud")


class Audience(models.TextChoices):
    """Whom it is for."""

    ANYONE = "anyone", _("anyone")
    CHILDREN = "children", _("children and young people")
    PARENTS = "parents", _("parents and teachers")
    ADULTS = "adults", _("adults in crisis")


class HelplineQuerySet(models.QuerySet["Helpline"]):
    """Chains of the question "may this number be printed?"."""

    def printable(self, *, today: dt.date) -> HelplineQuerySet:
        """Verified entries whose review is not overdue on `today`."""
        return self.filter(verified_on__lte=today, review_by__gte=today)


class Helpline(models.Model):
    """A place to turn to: phone, SMS, chat or web. Unverified (`verified_on` empty) or overdue: never printed."""

    slug = models.SlugField(_("slug"), unique=True)
    country = models.CharField(
        _("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")], help_text=_("ISO 3166: PL, DE …")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.ANYONE)
    spoken_languages = models.CharField(
        _("languages spoken"), max_length=60, help_text=_("Codes with a space between: pl en uk")
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[RegexValidator(r"^\+?[0-9 ]+$")])
    sms = models.CharField(_("SMS"), max_length=30, blank=True, validators=[RegexValidator(r"^\+?[0-9 ]+$")])
    chat_url = models.URLField(_("chat"), blank=True)
    web_url = models.URLField(_("web page"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100, help_text=_("Smaller stands first."))
    source_url = models.URLField(_("source"), help_text=_("The official page where the entry was checked."))
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    review_by = models.DateField(_("review by"), null=True, blank=True, help_text=_("At most 180 days later."))
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("verified by"),
        null=True,
        blank=True,
        related_name="+",
    )

    objects = HelplineQuerySet.as_manager()

    class Meta:
        verbose_name = _("helpline")
        verbose_name_plural = _("helplines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_on__isnull=True, review_by__isnull=True)
                | models.Q(verified_on__isnull=False, review_by__gte=models.F("verified_on")),
                name="helpline_verified_has_review",
            ),
            models.CheckConstraint(
                condition=~models.Q(phone="", sms="", chat_url="", web_url=""), name="helpline_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.phone or self.slug}"

    def clean(self) -> None:
        """Refuse a review date further away than the directory's promise (G7)."""
        if self.verified_on and self.review_by and self.review_by - self.verified_on > REVIEW_WITHIN:
            raise ValidationError({"review_by": _("Set a date at most 180 days after the verification.")})


class HelplineText(Translation):
    """An entry's words in one language of the reader (not of those who answer)."""

    helpline = models.ForeignKey(Helpline, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=200, blank=True)
    hours = models.CharField(_("hours"), max_length=80, blank=True)
    cost = models.CharField(_("cost"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("helpline")]

    def __str__(self) -> str:
        return self.name
