"""What belongs to one campaign and is edited within its form: phases, materials, partners, targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import HTTPS, StackedInline
from campaigns.admin.choosing import ChoosingMixin
from campaigns.admin.texts import texts_form
from campaigns.content.files import checked
from campaigns.content.models import Material, MaterialText, Partner, Phase, PhaseText, Target

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

PhaseForm = texts_form(text=PhaseText, owner="phase", said=True)
TitlesForm = texts_form(text=MaterialText, owner="material", said=True)


def words_in_every_language(word: str) -> list[Any]:
    """The fields of one word, all languages on one line."""
    return [tuple(f"{word}_{code}" for code, _name in settings.LANGUAGES)]


class MaterialForm(TitlesForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """A file or a link; what a file is, its content tells."""

    def clean_file(self) -> Any:
        """The file as it may be given out; any other is refused with a sentence."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        self.found = checked(file=file, name=file.name)
        return self.found.file

    def clean(self) -> dict[str, Any]:
        """Note kind and size of a file that has just come in; a material without a title cannot be found."""
        cleaned: dict[str, Any] = super().clean()
        if hasattr(self, "found"):
            cleaned["kind"], self.instance.size = self.found.kind, self.found.file.size
        elif not cleaned.get("file"):
            self.instance.size = 0
        first = f"title_{settings.LANGUAGES[0][0]}"
        if not any(cleaned.get(f"title_{code}") for code, _name in settings.LANGUAGES) and first not in self.errors:
            self.add_error(first, _("Give it a title in at least one language."))
        return cleaned


class TextsInline(ChoosingMixin, StackedInline):
    """Rows with words in every language, in their own order."""

    extra = 0
    formfield_overrides = HTTPS
    ordering_field = "order"
    ordering = ("order", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with their words."""
        return super().get_queryset(request).prefetch_related("texts")


class PhaseInline(TextsInline):
    """The phases of a campaign."""

    model = Phase
    form = PhaseForm
    verbose_name_plural = _("phases")
    fieldsets = ((None, {"fields": [*words_in_every_language("name"), ("first_day", "last_day"), "order"]}),)


class MaterialInline(TextsInline):
    """What a campaign gives into people's hands."""

    model = Material
    form = MaterialForm
    verbose_name_plural = _("materials")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    *words_in_every_language("title"),
                    "file",
                    "url",
                    ("kind", "language"),
                    ("licence", "source"),
                    "order",
                ]
            },
        ),
    )


class PartnerInline(ChoosingMixin, StackedInline):
    """Who carries it together with the owner."""

    model = Partner
    verbose_name_plural = _("partners")
    extra = 0
    formfield_overrides = HTTPS
    ordering_field = "order"
    ordering = ("order", "pk")
    autocomplete_fields = ("logo",)
    fieldsets = ((None, {"fields": ["name", "url", ("logo", "order")]}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Partner]:
        """The partners with their logos."""
        return super().get_queryset(request).select_related("logo").prefetch_related("logo__texts")


class TargetInline(StackedInline):
    """What the campaign aims at, stage by stage (E1)."""

    model = Target
    verbose_name_plural = _("targets")
    extra = 0
    ordering = ("pk",)
    fieldsets = ((None, {"fields": ["indicator", ("value", "unit"), ("stage", "by")]}),)


INLINES = (PhaseInline, MaterialInline, PartnerInline, TargetInline)
