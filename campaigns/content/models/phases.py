"""The phases of a campaign: named stretches of days within its dates."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.campaigns import Campaign
from campaigns.content.models.texts import Translation, one_text_per_language, words_at_hand


class Phase(models.Model):
    """From its first to its last day, both included."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="phase_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return words_at_hand(self, "name") or f"{self.first_day} – {self.last_day}"

    def clean(self) -> None:
        """Refuse days in the wrong order, and days outside the campaign's own; each sentence stands at its day."""
        wrong: dict[str, Any] = {}
        if self.first_day and self.last_day and self.last_day < self.first_day:
            wrong["last_day"] = _("The phase ends before it begins. Correct one of the two days.")
        begin, end = self.campaign.launched_on, self.campaign.ends_on
        for name in ("first_day", "last_day"):
            day = getattr(self, name)
            if day and begin and day < begin:
                wrong[name] = _("The campaign begins only on %(day)s. Choose a day within its dates.") % {
                    "day": date_format(begin, "j E Y")
                }
            if day and end and day > end:
                wrong[name] = _("The campaign ends already on %(day)s. Choose a day within its dates.") % {
                    "day": date_format(end, "j E Y")
                }
        if wrong:
            raise ValidationError(wrong)


class PhaseText(Translation):
    """A phase's name in one language."""

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("phase")]

    def __str__(self) -> str:
        return self.name
