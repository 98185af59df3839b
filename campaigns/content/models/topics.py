"""Topics and sources: what content is about and where it comes from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.texts import Translation, one_text_per_language, words_at_hand


class Topic(models.Model):
    """A subject readers know: phishing, passwords, children online."""

    slug = models.SlugField(_("slug"), unique=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return words_at_hand(self, "name") or self.slug


class TopicText(Translation):
    """A topic's name in one language."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("topic")]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """Who published what we report: an agency, a CERT, a police force."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    website = models.URLField(_("website"))
    licence = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("The terms under which it may be quoted.")
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name
