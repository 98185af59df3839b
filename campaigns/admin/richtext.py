"""The rich-text editor: few kinds of marks, and one allow-list behind them (X8)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import AdminProseEditorWidget

from campaigns.content.languages import PASSAGE_LANGUAGES
from campaigns.content.markup import sanitised

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "HardBreak": True,
    "History": True,
    "ForeignPassage": {
        "languages": PASSAGE_LANGUAGES,
        "title": _("Language of the passage"),
        "none": _("The language of this text"),
        "button": _("Mark a passage in another language (Ctrl+Alt+L)"),
        "submit": _("Mark"),
    },
}
OUR_OWN = "campaigns/admin/foreign-passages.js"
"""The module of the one extension that the editor does not bring."""


class RichTextWidget(AdminProseEditorWidget):  # type: ignore[misc]  # untyped
    """The editor with our own extension; its module is a file of ours, which the admin's policy lets in."""

    def get_config(self) -> dict[str, Any]:
        """The editor's configuration, with the module named."""
        return {**super().get_config(), "js_modules": [static(OUR_OWN)]}


class RichTextField(forms.CharField):
    """A fragment of HTML as an editor writes it; what comes out has passed the allow-list."""

    def __init__(self, *, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        widget = RichTextWidget(attrs=attrs, config={"extensions": EXTENSIONS}, preset="configurable")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """The sanitised fragment; empty when it has no words."""
        return sanitised(super().clean(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the sanitised fragments differ: the editor's way of closing an empty paragraph is no change."""
        return sanitised(initial or "") != sanitised(data or "")
