"""Pictures: encoded anew on the way in, described in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin, completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.images import cleaned
from campaigns.content.models import Image, ImageText, words_at_hand

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

TextsForm = texts_form(text=ImageText, owner="image")


class ImageForm(TextsForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """A picture; a new file is stripped of what it should not tell."""

    def clean_file(self) -> Any:
        """The file encoded anew; what is no picture is refused with a sentence."""
        file = self.cleaned_data["file"]
        return cleaned(file=file, name=file.name) if "file" in self.changed_data and file else file


@admin.register(Image)
class ImageAdmin(Admin):
    """Pictures of news items, blocks and logos."""

    belongs_here = _("Pictures stand here once, with what they show in each language for those who do not see them.")
    first_step = _("Upload the first picture")
    new_title = _("New image")
    form = ImageForm
    list_display = ("thumbnail", "shows", "languages", "credit", "size")
    search_fields = ("file", "credit", "texts__alt")
    ordering = ("-pk",)
    fieldsets = (
        (_("Picture"), {"fields": ["file", "credit", "licence"]}),
        *language_tabs(TextsForm),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        """Pictures with their descriptions."""
        return super().get_queryset(request).prefetch_related("texts")

    @display(description=_("picture"))
    def thumbnail(self, image: Image) -> SafeString:
        """The picture, small."""
        return render_to_string("admin/parts/thumbnail.html", {"image": image})

    @display(description=_("shows"), ordering="file")
    def shows(self, image: Image) -> str:
        """What it shows, or its file's name."""
        return words_at_hand(image, "alt") or str(image)

    @display(description=_("languages"))
    def languages(self, image: Image) -> SafeString:
        """Which languages describe it."""
        return completeness(image.texts.all())

    @display(description=_("size"), ordering="width")
    def size(self, image: Image) -> str:
        """Width and height."""
        return f"{image.width} × {image.height} px"
