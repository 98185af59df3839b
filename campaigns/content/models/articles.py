"""Articles brought in, word for word, and the figures in them that a person checks (G5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.news_items import NewsItem


class Article(models.Model):
    """What a news item was made from, kept as it was: later texts are compared with it."""

    news_item = models.OneToOneField(NewsItem, models.CASCADE, verbose_name=_("news item"), related_name="article")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    words = models.TextField(_("original text"))
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("brought in by"),
        null=True,
        blank=True,
        related_name="+",
    )
    brought_at = models.DateTimeField(_("brought in at"))

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.file_name or str(self.news_item)


class ArticleFigure(models.Model):
    """A figure as the original has it, with its sentence; ticked by the person who compared it with the source."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="figures")
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10)
    found = models.CharField(_("figure"), max_length=200)
    value = models.CharField(_("value"), max_length=200)
    sentence = models.TextField(_("sentence"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("checked by"), null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [models.UniqueConstraint(fields=["article", "position"], name="articlefigure_one_per_position")]

    def __str__(self) -> str:
        return self.found
