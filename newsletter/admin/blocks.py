"""One block of an edition: its kind, what the kind needs, and its own words in every language, in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import HTTPS, StackedInline
from campaigns.admin.choosing import ChoosingMixin
from campaigns.admin.texts import texts_form
from newsletter.editions.models import Block, BlockKind, BlockText

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

TextsForm = texts_form(text=BlockText, owner="block", rich=["body"], said=True)
SHOWN = ("news_item", "campaign", "image", "scam_example")
OBJECTS = (*SHOWN, "url")
NEEDED: dict[str, tuple[str, Any]] = {
    BlockKind.NEWS_ITEM: ("news_item", _("Choose the news item that stands here.")),
    BlockKind.CAMPAIGN: ("campaign", _("Choose the campaign that stands here.")),
    BlockKind.IMAGE: ("image", _("Choose the image that stands here.")),
    BlockKind.SCAM_EXAMPLE: ("scam_example", _("Choose the scam example that stands here.")),
    BlockKind.BUTTON: ("url", _("Give the address the button leads to.")),
}


class BlockForm(TextsForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """A block; a kind that lacks its object is told so at the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SHOWN:
            if name in self.fields:  # read-only staff see none
                wrapper = self.fields[name].widget
                getattr(wrapper, "widget", wrapper).known = getattr(self.instance, name)

    def clean(self) -> dict[str, Any]:
        """Demand what the kind needs; an object of another kind is dropped rather than kept unseen."""
        cleaned: dict[str, Any] = super().clean()
        needed, sentence = NEEDED.get(cleaned.get("kind", ""), ("", ""))
        if needed and not cleaned.get(needed) and needed not in self.errors:
            self.add_error(needed, sentence)
        kept = {needed, "url"} if cleaned.get("kind") == BlockKind.IMAGE else {needed}
        dropped = {name: "" if name == "url" else None for name in OBJECTS if name not in kept}
        return {**cleaned, **dropped}


class BlockInline(ChoosingMixin, StackedInline):
    """The blocks of an edition, sorted by dragging or by their position numbers."""

    model = Block
    form = BlockForm
    verbose_name = _("block")
    verbose_name_plural = _("blocks")
    ordering = ("position", "pk")
    ordering_field = "position"
    autocomplete_fields = SHOWN
    extra = 0
    formfield_overrides = HTTPS
    fieldsets = (
        (None, {"fields": [("kind", "position"), *OBJECTS]}),
        (None, {"fields": [f"{word}_{code}" for word in TextsForm.words for code, _name in settings.LANGUAGES]}),
    )

    class Media:
        js = ("newsletter/admin/blocks.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Block]:
        """Blocks with their words and what they show."""
        words = [f"{name}__texts" for name in SHOWN]
        return super().get_queryset(request).select_related(*SHOWN).prefetch_related("texts", *words)
