"""The help directory's entries: facts once, words per language, hours as intervals, and who checked what and when."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from campaigns.content.models import Translation, one_text_per_language, words_at_hand
from campaigns.helplines.countries import known_zone, zone_of
from campaigns.helplines.dialling import dialable
from campaigns.helplines.languages import LanguagesField

REVIEW_WITHIN = dt.timedelta(days=180)
DUE_SOON = dt.timedelta(days=30)
WEB = URLValidator(
    ["https", "http"], message=_("Write a web address that begins with https://."), code="no_web_address"
)


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


class Charge(models.TextChoices):
    """What a call or a message costs."""

    FREE = "free", _("free of charge")
    ORDINARY = "ordinary", _("at the price of an ordinary call")


class Holidays(models.TextChoices):
    """What its hours are worth on public holidays."""

    SAME = "same", _("also on public holidays")
    CLOSED = "closed", _("not on public holidays")
    OTHER = "other", _("other hours on public holidays")


class Standing(models.TextChoices):
    """Whether an entry may be printed today, and for how long."""

    VERIFIED = "verified", _("verified")
    EXPIRING = "expiring", _("expiring")
    EXPIRED = "expired", _("expired")
    UNVERIFIED = "unverified", _("unverified")


class HelplineQuerySet(models.QuerySet["Helpline"]):
    """Chains of the question "may this number be printed?"."""

    def printable(self, *, today: dt.date) -> HelplineQuerySet:
        """Verified entries whose review is not overdue on `today`."""
        return self.filter(verified_on__lte=today, review_by__gte=today)

    def falling_due(self, *, today: dt.date, within: dt.timedelta = DUE_SOON) -> HelplineQuerySet:
        """Entries that were verified and must be looked at again `within` so many days, or are overdue."""
        return self.filter(verified_on__isnull=False, review_by__lte=today + within)

    def with_standing(self, *, today: dt.date) -> HelplineQuerySet:
        """Each with its `standing` on `today`, one of Standing."""
        return self.annotate(standing=standing_on(today))

    def whole(self) -> HelplineQuerySet:
        """With words and hours, in two more queries however many they are."""
        return self.prefetch_related("texts", "intervals")


def standing_on(today: dt.date) -> Case:
    """SQL for one of Standing on `today`; a verification dated later than today is none yet."""
    return Case(
        When(Q(verified_on__isnull=True) | Q(verified_on__gt=today), then=Value(Standing.UNVERIFIED.value)),
        When(review_by__lt=today, then=Value(Standing.EXPIRED.value)),
        When(review_by__lte=today + DUE_SOON, then=Value(Standing.EXPIRING.value)),
        default=Value(Standing.VERIFIED.value),
        output_field=CharField(),
    )


class Helpline(models.Model):
    """A place to turn to: phone, SMS, chat or web. Unverified (`verified_on` empty) or overdue: never printed."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("A short name of its own, such as pl-116-111."))
    country = models.CharField(
        _("country"), max_length=2, validators=[RegexValidator(r"\A[A-Z]{2}\Z")], help_text=_("ISO 3166: PL, DE …")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.ANYONE)
    spoken_languages = LanguagesField(
        _("languages spoken"), help_text=_("In which those who answer really speak, not those of the web page.")
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True, validators=[dialable])
    sms = models.CharField(_("SMS"), max_length=30, blank=True, validators=[dialable])
    chat_url = models.URLField(_("chat"), blank=True, validators=[WEB])
    web_url = models.URLField(_("web page"), blank=True, validators=[WEB])
    charge = models.CharField(
        _("cost"),
        max_length=10,
        choices=Charge,
        blank=True,
        help_text=_("Leave it open where the source says nothing."),
    )
    round_the_clock = models.BooleanField(_("round the clock"), default=False)
    on_holidays = models.CharField(_("public holidays"), max_length=10, choices=Holidays, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[known_zone],
        help_text=_("Only where its clock is not that of the country's capital: Atlantic/Canary …"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100, help_text=_("Smaller stands first."))
    source_url = models.URLField(
        _("source"), validators=[WEB], help_text=_("The official page where the entry was checked.")
    )
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    review_by = models.DateField(
        _("review by"), null=True, blank=True, help_text=_("At most 180 days later; left empty, it is 180 days.")
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("verified by"),
        null=True,
        blank=True,
        related_name="+",
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Gets a letter 30 and 7 days before it falls due. Nobody: everybody who may change helplines."),
    )
    checked_as = models.CharField(max_length=64, blank=True, editable=False)
    """Digest of what was checked; empty where that was before digests were kept."""
    seeded_as = models.CharField(max_length=64, blank=True, editable=False)
    """Digest of what the seeds planted; empty for what people entered."""

    objects = HelplineQuerySet.as_manager()

    class Meta:
        verbose_name = _("helpline")
        verbose_name_plural = _("helplines")
        indexes = [
            models.Index(fields=["country", "verified_on", "review_by"], name="helpline_by_country"),
            models.Index(fields=["review_by"], name="helpline_by_review"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True, review_by__isnull=True)
                | Q(verified_on__isnull=False, review_by__isnull=False, review_by__gte=F("verified_on")),
                name="helpline_verified_has_review",
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True) | Q(review_by__lte=F("verified_on") + REVIEW_WITHIN),
                name="helpline_reviewed_within_180_days",
                violation_error_message=_("Set a date at most 180 days after the verification."),
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True) | ~Q(source_url=""), name="helpline_verified_has_source"
            ),
            models.CheckConstraint(
                condition=~Q(phone="", sms="", chat_url="", web_url=""), name="helpline_can_be_reached"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.phone or words_at_hand(self, 'name') or self.slug}"

    @property
    def zone(self) -> str:
        """The time zone of its hours: its own, else its country's; empty for a country we do not know."""
        return self.time_zone or zone_of(self.country)

    def clean(self) -> None:
        """Refuse a review date before the verification or further away than the directory's promise (G7)."""
        if self.verified_on is None or self.review_by is None:
            return
        if self.review_by < self.verified_on:
            raise ValidationError({"review_by": _("Set a date after the verification.")})
        if self.review_by - self.verified_on > REVIEW_WITHIN:
            raise ValidationError({"review_by": _("Set a date at most 180 days after the verification.")})


class HelplineText(Translation):
    """An entry's words in one language of the reader (not of those who answer)."""

    helpline = models.ForeignKey(Helpline, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=200, blank=True)
    hours = models.CharField(
        _("on its hours"), max_length=120, blank=True, help_text=_("What the table of hours cannot say.")
    )
    cost = models.CharField(_("on its cost"), max_length=80, blank=True, help_text=_("What the choice cannot say."))
    accessibility = models.CharField(
        _("accessibility"), max_length=200, blank=True, help_text=_("For people who do not hear, speak or read well.")
    )

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("helpline")]

    def __str__(self) -> str:
        return self.name


class HelplineHours(models.Model):
    """One line of its hours: the same times on each day from `first_day` to `last_day` (0 is Monday).

    `closes` at or before `opens` lies on the next day; both at midnight means the whole day.
    """

    helpline = models.ForeignKey(Helpline, models.CASCADE, related_name="intervals")
    first_day = models.PositiveSmallIntegerField(_("from day"), choices=WEEKDAYS.items())
    last_day = models.PositiveSmallIntegerField(_("to day"), choices=WEEKDAYS.items())
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day"), last_day__lte=6),
                name="helplinehours_days_in_order",
                violation_error_message=_("The week begins on Monday: write hours over the weekend in two lines."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day}-{self.last_day} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Checked(models.TextChoices):
    """What happened to an entry's verification."""

    VERIFIED = "verified", _("verified")
    CHANGED = "changed", _("changed after the check")
    STOPPED = "stopped", _("taken out of print")


class HelplineCheck(models.Model):
    """One append-only line of the directory's history: who checked or changed what, when, and at which source."""

    helpline = models.ForeignKey(Helpline, models.SET_NULL, null=True, blank=True, related_name="checks")
    slug = models.SlugField(_("slug"))
    what = models.CharField(_("what"), max_length=10, choices=Checked)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    at = models.DateTimeField(_("at"))
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    review_by = models.DateField(_("review by"), null=True, blank=True)
    source_url = models.URLField(_("source"))
    language = models.CharField(_("language"), max_length=10, blank=True)
    """In which language the person worked: our letters to them are written in it."""
    facts = models.JSONField(_("facts"), default=dict)
    """What exactly stood there, as `digesting.facts_of` says it."""

    class Meta:
        verbose_name = _("check of a helpline")
        verbose_name_plural = _("checks of helplines")
        indexes = [models.Index(fields=["by", "-at"], name="helplinecheck_by_person")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.slug}: {self.get_what_display()}"

    def save(self, **kwargs: Any) -> None:
        """Append; what happened does not change."""
        if self.pk is not None:
            raise HistoryIsAppendOnlyError(self.pk)
        super().save(**kwargs)

    def delete(self, **_kwargs: Any) -> NoReturn:  # type: ignore[override]  # it never returns
        """Refuse: a history forgets nothing by itself."""
        raise HistoryIsAppendOnlyError(self.pk)


class HistoryIsAppendOnlyError(Exception):
    """Somebody tried to change or delete the line `pk` of the directory's history."""

    def __init__(self, pk: int | None) -> None:
        super().__init__(f"line {pk} of the directory's history cannot be changed")
        self.pk = pk


class HelplineReminder(models.Model):
    """That `person` is told, or was told at `told_at`, `days` before `review_by`. `leased_until`: a worker is about it."""

    helpline = models.ForeignKey(Helpline, models.CASCADE, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    review_by = models.DateField()
    days = models.PositiveSmallIntegerField()
    leased_until = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["helpline", "person", "review_by", "days"], name="helplinereminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.helpline_id} {self.review_by} -{self.days}"
