"""What a campaign wants to reach and how one will know (E1): objective, baseline, targets per stage of the evaluation cycle."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

BASELINE = {
    "baseline_value": _("Give the figure, or leave the whole baseline empty."),
    "baseline_unit": _("Say what the figure counts: “% of parents”, “reports a month”."),
    "baseline_on": _("Say on which day the figure was true."),
    "baseline_url": _("Give the page the figure comes from: a baseline without a source proves nothing."),
}
OBJECTIVE = {
    "objective_what": _("Say what should change, and for whom."),
    "objective_measure": _("Say how much: a figure one can check later."),
    "objective_by": _("Say by when."),
}


class Measured(models.Model):
    """The evaluation plan in a campaign's own columns. Written for staff, in the language they work in."""

    objective_what = models.CharField(
        _("what should change"),
        max_length=200,
        blank=True,
        help_text=_("One change, and for whom: “Parents know where to report a threat”."),
    )
    objective_measure = models.CharField(
        _("how much"), max_length=120, blank=True, help_text=_("A figure one can check: “from 30 % to 45 %”.")
    )
    objective_by = models.DateField(_("by when"), null=True, blank=True)
    audience = models.CharField(
        _("audience"),
        max_length=200,
        blank=True,
        help_text=_("Whom it wants to reach: “parents of pupils aged 10–16”."),
    )
    baseline_value = models.DecimalField(_("baseline"), max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_unit = models.CharField(_("unit"), max_length=60, blank=True, help_text=_("What the figure counts."))
    baseline_on = models.DateField(_("date of the baseline"), null=True, blank=True)
    baseline_url = models.URLField(_("source of the baseline"), max_length=500, blank=True)
    method = models.TextField(
        _("method"), blank=True, help_text=_("How it will be measured: which poll, whose statistics, how often.")
    )
    measured_by = models.CharField(
        _("who measures"), max_length=120, blank=True, help_text=_("The person or unit that answers for the figures.")
    )
    objective_waiver = models.TextField(
        _("reason to go without an objective"),
        blank=True,
        help_text=_("Only where none can be set. Without an objective or a reason, nothing about it can be sent."),
    )

    class Meta:
        abstract = True

    @property
    def has_objective(self) -> bool:
        """Whether the objective says what, how much and by when."""
        return all(getattr(self, name) for name in OBJECTIVE)

    @property
    def lacks_objective(self) -> bool:
        """Whether neither an objective nor a written reason to go without one stands there: sending is blocked (E1)."""
        return not self.has_objective and not self.objective_waiver.strip()

    def gaps(self) -> list[Any]:
        """What the evaluation plan still lacks, as names of its parts; empty when it is whole or waived with a reason."""
        if self.objective_waiver.strip():
            return []
        parts = {
            _("objective"): self.has_objective,
            _("audience"): self.audience,
            _("baseline"): self.baseline_value is not None,
            _("method"): self.method.strip(),
            _("who measures"): self.measured_by,
            _("targets"): self.pk is not None and Target.objects.filter(campaign=self.pk).exists(),
        }
        return [name for name, there in parts.items() if not there]

    def clean(self) -> None:
        """Refuse an objective or a baseline of which only a part is said; the sentence stands at what is missing."""
        missing = {**self._missing_of(OBJECTIVE), **self._missing_of(BASELINE)}
        launched_on = getattr(self, "launched_on", None)
        if self.objective_by and launched_on and self.objective_by < launched_on:
            missing["objective_by"] = _("This day lies before the campaign begins. Choose a later one.")
        if missing:
            raise ValidationError(missing)

    def _missing_of(self, parts: dict[str, Any]) -> dict[str, Any]:
        said = {name for name in parts if getattr(self, name) not in (None, "")}
        return {name: sentence for name, sentence in parts.items() if said and name not in said}


class Stage(models.TextChoices):
    """The stages of the GCS Evaluation Cycle (2024) that carry targets; inputs are recorded, not aimed at."""

    OUTPUTS = "outputs", _("outputs: what we deliver")
    OUTTAKES = "outtakes", _("outtakes: what people take from it")
    OUTCOMES = "outcomes", _("outcomes: what people do differently")
    IMPACT = "impact", _("impact: what changes for society")


class Target(models.Model):
    """One figure to reach at one stage."""

    campaign = models.ForeignKey("campaigns.Campaign", models.CASCADE, related_name="targets")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage)
    indicator = models.CharField(
        _("indicator"), max_length=160, help_text=_("What is counted: “page reads”, “correct answers in the poll”.")
    )
    value = models.DecimalField(_("target"), max_digits=14, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    by = models.DateField(_("by when"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value:g} {self.unit}".strip()
