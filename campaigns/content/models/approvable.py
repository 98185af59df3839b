"""What news items and campaigns have in common on their way to print."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.texts import State, who
from campaigns.safeguarding.sensitivity import Sensitivity

IN_PRINT = Q(state=State.APPROVED) | (Q(in_use__isnull=False) & ~Q(state=State.WITHDRAWN))
"""Of which an approved version is in use, be it this one or, while a newer is being written, the last one."""


class Approvable(models.Model):
    """Where it stands, how much care it needs, and who wrote and submitted it last. Each kind adds `in_use`, its own version."""

    sensitivity = models.PositiveSmallIntegerField(_("sensitivity"), choices=Sensitivity, default=Sensitivity.EVERYDAY)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    written_by = who(_("last written by"))
    submitted_by = who(_("submitted by"))
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    stands_in = False
    """Whether this is a copy of the version approved last, made while a newer one is being written."""

    class Meta:
        abstract = True


def version_in_use(revision: type[models.Model]) -> Any:
    """The field that names the `revision` in print; one that is deleted takes only itself along."""
    return models.ForeignKey(
        revision,
        models.SET_NULL,
        verbose_name=_("approved version"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text=_("What is printed and read while a newer version is being written."),
    )
