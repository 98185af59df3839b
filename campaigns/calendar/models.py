"""What staff add to the computed calendar: observances of their own, when to be reminded, what they were told, their feeds."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.calendar.dates import RuleError, parse
from campaigns.calendar.observances import FIRST_YEAR, LAST_YEAR
from campaigns.calendar.saying import what_is_wrong

MOST_DAYS = 365


def validate_rule(words: str) -> None:
    """Refuse what is no rule of dates (`calendar.dates`)."""
    try:
        parse(words)
    except RuleError as error:
        raise ValidationError(what_is_wrong(error), code="rule") from error


class OwnObservance(models.Model):
    """An anniversary of the organisation, a national day: whatever the data file does not know."""

    rule = models.CharField(_("rule"), max_length=120, validators=[validate_rule])
    since = models.PositiveSmallIntegerField(
        _("since the year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
        help_text=_("The first year in which it is marked. Empty: it always was."),
    )
    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Write the country as two capital letters: PL, DE …"))],
        help_text=_("ISO 3166: PL, DE … Empty: international."),
    )
    topics = models.JSONField(_("topics"), default=list, blank=True)
    organiser = models.CharField(_("organiser"), max_length=120, blank=True)
    official_url = models.URLField(_("official page"), blank=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("own date")
        verbose_name_plural = _("own dates")

    def __str__(self) -> str:
        texts = getattr(self, "_prefetched_objects_cache", {}).get("texts") or []
        ordered = sorted(texts, key=lambda text: text.language != get_language())
        return ordered[0].name if ordered else self.rule

    @property
    def key(self) -> str:
        """What it is called among all observances; never the key of one in the data file."""
        return f"own-{self.pk}"


class OwnObservanceText(models.Model):
    """What it is called in one language."""

    observance = models.ForeignKey(OwnObservance, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(fields=["observance", "language"], name="ownobservancetext_one_per_language")
        ]

    def __str__(self) -> str:
        return self.name


class ObservanceReminder(models.Model):
    """How long before an observance staff are reminded, where that differs from the usual; or not at all."""

    observance = models.CharField(_("observance"), max_length=60, unique=True, editable=False)
    days = models.PositiveSmallIntegerField(
        _("days before"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    )
    muted = models.BooleanField(_("no reminder"), default=False)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")

    def __str__(self) -> str:
        return self.observance


class LetterState(models.TextChoices):
    """waiting → sent | refused. A waiting one is tried again on its day, and is forgotten after it."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")


class ReminderLetter(models.Model):
    """The one letter a person gets on a day, and which occurrences it names: nobody is told twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    marks = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=8, choices=LetterState, default=LetterState.WAITING)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reminder letter")
        verbose_name_plural = _("reminder letters")
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="reminderletter_one_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.state}"


class Follower(models.Model):
    """How one person follows the calendar: in which language, by letter or not, and the key of their feed as a hash."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_follower")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    wants_letters = models.BooleanField(_("reminders by e-mail"), default=True)
    key_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 (many have none)
    key_made_at = models.DateTimeField(_("made at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("follower of the calendar")
        verbose_name_plural = _("followers of the calendar")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(key_digest__isnull=True, key_made_at__isnull=True)
                | models.Q(key_digest__isnull=False, key_made_at__isnull=False),
                name="follower_key_has_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
