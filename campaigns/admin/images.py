"""Pictures: encoded anew on the way in, described in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin, completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.images import cleaned, digest_of, found_again
from campaigns.content.models import Image, ImageText, words_at_hand

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

TextsForm = texts_form(text=ImageText, owner="image")


class ImageForm(TextsForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """A picture; a new file is stripped of what it should not tell, and one that is here already is found again."""

    instance: Image
    again = False
    """Whether the new file was here already: then its entry is the one that is saved."""

    def clean_file(self) -> Any:
        """The file encoded anew, or the entry made from it before; what is no picture is refused with a sentence."""
        file = self.cleaned_data["file"]
        if "file" not in self.changed_data or not file:
            return file
        clean, found = cleaned(file=file, name=file.name), found_again(file)
        if found is None or found.pk == self.instance.pk:
            self.instance.digest = digest_of(file)
            return clean
        if self.instance.pk:
            sentence = _("This picture is here already, as “%(name)s”. Use that entry instead of replacing this one.")
            raise ValidationError(sentence, params={"name": found.file.name})
        self.instance, self.again = found, True
        return found.file

    def clean(self) -> dict[str, Any]:
        """What the entry that was found says already stays; what it lacks is taken from what was typed."""
        typed: dict[str, Any] = super().clean()
        if not self.again:
            return typed
        said = {f"alt_{text.language}": text.alt for text in self.instance.texts.all()}
        known = {name: getattr(self.instance, name) for name in ("credit", "licence")} | said
        places = {name: getattr(self.instance, name) for name in ("focal_x", "focal_y")}
        return typed | {name: value for name, value in known.items() if value} | places


@admin.register(Image)
class ImageAdmin(Admin):
    """Pictures of news items, blocks and logos."""

    belongs_here = _("Pictures stand here once, with what they show in each language for those who do not see them.")
    first_step = _("Upload the first picture")
    new_title = _("New image")
    form = ImageForm
    readonly_fields = ("focal_point",)
    list_display = ("thumbnail", "shows", "languages", "credit", "size")
    search_fields = ("file", "credit", "texts__alt")
    ordering = ("-pk",)
    fieldsets = (
        (_("Picture"), {"fields": ["file", "credit", "licence"]}),
        (_("Focal point"), {"fields": ["focal_point", ("focal_x", "focal_y")]}),
        *language_tabs(TextsForm),
    )

    class Media:
        js = ("campaigns/admin/focal.js",)

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Say so where the picture was here already."""
        super().save_model(request, obj, form, change)
        if form.again:
            messages.info(
                request, gettext("This picture was here already, so no second one was made. This is its entry.")
            )

    @display(description=_("picture"))
    def focal_point(self, image: Image) -> SafeString:
        """The picture with its mark, and how it is cropped."""
        return render_to_string("admin/image/focal.html", {"image": image})

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
