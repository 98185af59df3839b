"""What people decided about a text: findings let stand, and approvals with what was known then. Two logs that only grow."""

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


class DecisionIsKeptError(Exception):
    """Somebody tried to change or delete the decision `pk`, or (None) several of them."""

    def __init__(self, pk: int | None) -> None:
        super().__init__(f"decision {pk} cannot be changed")
        self.pk = pk


class DecisionQuerySet(models.QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise DecisionIsKeptError(None)

    def delete(self) -> NoReturn:
        """Refuse."""
        raise DecisionIsKeptError(None)


class Decision(models.Model):
    """Who decided when, about which news item or campaign: it stays when the text or the person goes."""

    news_item = models.ForeignKey(
        NewsItem, models.SET_NULL, verbose_name=_("news item"), null=True, blank=True, related_name="%(class)ss"
    )
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, verbose_name=_("campaign"), null=True, blank=True, related_name="%(class)ss"
    )
    about = models.CharField(
        _("text"), max_length=200, help_text=_("What it was called then; kept when it is deleted.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("who"), null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    at = models.DateTimeField(_("when"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["-at"], name="%(class)s_newest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(news_item__isnull=True) | Q(campaign__isnull=True), name="%(class)s_of_one_text"
            )
        ]

    def save(self, **kwargs: Any) -> None:
        """Append; a written entry never changes."""
        if self.pk is not None:
            raise DecisionIsKeptError(self.pk)
        super().save(**kwargs)

    def delete(self, **_kwargs: Any) -> NoReturn:  # type: ignore[override]  # it never returns
        """Refuse: what was decided, and why, is never forgotten."""
        raise DecisionIsKeptError(self.pk)


class Override(Decision):
    """One finding let stand in one text: it counts only while the rule, the field, the words and their sentence are the same."""

    rule = models.CharField(_("rule"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    field = models.CharField(_("field"), max_length=40)
    found = models.TextField(_("words"))
    sentence = models.TextField(_("sentence"))
    reason = models.TextField(_("reason"))

    class Meta(Decision.Meta):
        verbose_name = _("finding let stand")
        verbose_name_plural = _("findings let stand")
        permissions = [("override_finding", "Can let a finding stand, with a reason")]
        constraints = [
            *Decision.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.found} ({self.about})"

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What it holds for: rule, language, field, words and the sentence around them."""
        return self.rule, self.language, self.field, self.found, self.sentence


class Approval(Decision):
    """One approval: at which level, by which rules, with which findings left and which questions answered (G2)."""

    level = models.PositiveSmallIntegerField(_("sensitivity"))
    rules = models.JSONField(
        _("rules"), help_text=_("Per language: the rules that were applied, and their fingerprint.")
    )
    findings = models.JSONField(_("findings"), help_text=_("What stood in it as advice or was let stand."))
    checklist = models.JSONField(_("questions answered"), help_text=_("What the approver answered for."))

    class Meta(Decision.Meta):
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")

    def __str__(self) -> str:
        return f"{self.about} ({self.at:%Y-%m-%d})"
