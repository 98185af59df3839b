"""What a campaign gives into people's hands: files and links, each with its language and licence."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.campaigns import Campaign
from campaigns.content.models.texts import Translation, one_text_per_language, words_at_hand

LANGUAGE_CODE = RegexValidator(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z", _("Write a language's code: pl, en, uk, pt-br."))


def guarded_files() -> FileSystemStorage:
    """Where files stand that only a view of ours gives out: beside the public pictures, not among them."""
    return FileSystemStorage(location=settings.VAR_DIR / "files")


class MaterialKind(models.TextChoices):
    """What it is, told by the file's content; of a link the editor tells."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPEG = "jpeg", "JPEG"
    ZIP = "zip", "ZIP"
    VIDEO = "video", _("film")
    PAGE = "page", _("web page")


LINK_KINDS = (
    MaterialKind.PAGE,
    MaterialKind.VIDEO,
    MaterialKind.PDF,
    MaterialKind.PNG,
    MaterialKind.JPEG,
    MaterialKind.ZIP,
)


class Material(models.Model):
    """A file or a link, never both."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="materials")
    file = models.FileField(
        _("file"),
        upload_to="materials/",
        storage=guarded_files,
        blank=True,
        help_text=_(
            "PDF, PNG, JPEG or ZIP, at most 25 MB. Pictures are made at most 1200 px wide; for print choose PDF."
        ),
    )
    url = models.URLField(
        _("link"), max_length=500, blank=True, help_text=_("Instead of a file, for films and what stands elsewhere.")
    )
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=MaterialKind,
        default=MaterialKind.PAGE,
        help_text=_("What the link leads to. Of a file we see it ourselves."),
    )
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    language = models.CharField(
        _("language of the material"),
        max_length=12,
        blank=True,
        validators=[LANGUAGE_CODE],
        help_text=_("Its code: pl, en, uk. Empty when it holds no words."),
    )
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Who made it."))
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(file="") & ~models.Q(url="")) | (~models.Q(file="") & models.Q(url="")),
                name="material_is_a_file_or_a_link",
                violation_error_message=_("Give a file or a link."),
            )
        ]

    def __str__(self) -> str:
        return words_at_hand(self, "title") or self.url or self.file.name or ""

    @property
    def host(self) -> str:
        """Where a link leads, as its text honestly says (W7)."""
        return urlsplit(self.url).netloc.removeprefix("www.")

    @property
    def language_name(self) -> str:
        """What its language is called in the language of the page; the code where we have no word; empty without one."""
        try:
            return str(get_language_info(self.language)["name_translated"]) if self.language else ""
        except KeyError:
            return self.language

    def clean(self) -> None:
        """Ask for the one thing that is missing, at its field."""
        if not self.file and not self.url:
            raise ValidationError({"file": _("Choose a file, or give a link below.")})
        if self.file and self.url:
            raise ValidationError({"url": _("This material has a file already. Take away the file or the link.")})


class MaterialText(Translation):
    """A material's title in one language of the page."""

    material = models.ForeignKey(Material, models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=160)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("material")]

    def __str__(self) -> str:
        return self.title
