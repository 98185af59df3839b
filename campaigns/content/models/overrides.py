"""Findings that somebody let stand, each with a written reason: a log that only grows (G1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.campaigns import Campaign
from campaigns.content.models.news_items import NewsItem

if TYPE_CHECKING:
    from typing import NoReturn


class OverrideIsKeptError(Exception):
    """Somebody tried to change or delete the override `pk`."""

    def __init__(self, pk: int | None) -> None:
        super().__init__(f"override {pk} cannot be changed")
        self.pk = pk


class OverrideQuerySet(models.QuerySet["Override"]):
    """Rows that are written once."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise OverrideIsKeptError(None)

    def delete(self) -> NoReturn:
        """Refuse."""
        raise OverrideIsKeptError(None)


class Override(models.Model):
    """One finding let stand in one text: it counts only while the rule, the field, the words and their sentence are the same."""

    news_item = models.ForeignKey(
        NewsItem, models.SET_NULL, verbose_name=_("news item"), null=True, blank=True, related_name="overrides"
    )
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, verbose_name=_("campaign"), null=True, blank=True, related_name="overrides"
    )
    about = models.CharField(
        _("text"), max_length=200, help_text=_("What it was called then; kept when it is deleted.")
    )
    rule = models.CharField(_("rule"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    field = models.CharField(_("field"), max_length=40)
    found = models.TextField(_("words"))
    sentence = models.TextField(_("sentence"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("who"), null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(_("who"), max_length=150)
    at = models.DateTimeField(_("when"))

    objects = OverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding let stand")
        verbose_name_plural = _("findings let stand")
        permissions = [("override_finding", "Can let a finding stand, with a reason")]
        indexes = [models.Index(fields=["-at"], name="override_newest_first")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(news_item__isnull=True) | Q(campaign__isnull=True), name="override_of_one_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.found} ({self.about})"

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What it holds for: rule, language, field, words and the sentence around them."""
        return self.rule, self.language, self.field, self.found, self.sentence

    def save(self, **kwargs: Any) -> None:
        """Append; a written entry never changes."""
        if self.pk is not None:
            raise OverrideIsKeptError(self.pk)
        super().save(**kwargs)

    def delete(self, **_kwargs: Any) -> NoReturn:  # type: ignore[override]  # it never returns
        """Refuse: why something was let stand is never forgotten."""
        raise OverrideIsKeptError(self.pk)
