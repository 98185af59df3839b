"""Examples of scams: what a fraudulent message says, quoted so that nobody can fall for the quotation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.languages import PASSAGE_LANGUAGES
from campaigns.content.models.news_items import NewsItem
from campaigns.content.models.texts import Translation, one_text_per_language, words_at_hand
from campaigns.content.models.topics import Source


class Channel(models.TextChoices):
    """How a scam reaches people."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message (SMS)")
    CALL = "call", _("telephone call")
    WEB = "web", _("web page")
    CHAT = "chat", _("chat message")


class ScamExample(models.Model):
    """A scam somebody really received: its facts once, its words per language, stored as typed and defanged wherever shown."""

    slug = models.SlugField(_("slug"), unique=True, help_text=_("A short name to find it by."))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, verbose_name=_("source"), null=True, blank=True, related_name="scam_examples"
    )
    source_url = models.URLField(_("source page"), max_length=500, blank=True)
    news_items = models.ManyToManyField(
        NewsItem,
        verbose_name=_("news items"),
        blank=True,
        related_name="scam_examples",
        help_text=_("On whose pages it stands."),
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("checked by"), null=True, blank=True, related_name="+"
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("scam example")
        verbose_name_plural = _("scam examples")
        permissions = [("approve_scamexample", "Can say that a scam example was checked")]

    def __str__(self) -> str:
        return words_at_hand(self, "title") or self.slug

    @property
    def is_checked(self) -> bool:
        """Whether somebody read it and found it fit to print."""
        return self.checked_on is not None


class ScamExampleText(Translation):
    """What the scam says and how to tell, in one language; kept exactly as typed."""

    scam_example = models.ForeignKey(ScamExample, models.CASCADE, related_name="texts")
    title = models.CharField(
        _("title"), max_length=120, help_text=_("In your words: “A parcel that waits for a small fee”.")
    )
    sender = models.CharField(_("sender as shown"), max_length=200, blank=True)
    words = models.TextField(
        _("what it says"),
        help_text=_("Type it as it was, addresses included: they are made harmless wherever it is shown."),
    )
    words_language = models.CharField(
        _("language of the message"),
        max_length=10,
        blank=True,
        choices=PASSAGE_LANGUAGES,
        help_text=_("Only where the message is quoted in another language."),
    )
    seen_where = models.CharField(
        _("seen where"), max_length=200, blank=True, help_text=_("A country, a bank, a shop.")
    )
    how_to_tell = models.TextField(_("how to tell"), help_text=_("What gives it away, and what to do instead."))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("scam_example")]

    def __str__(self) -> str:
        return self.title
