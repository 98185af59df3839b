"""The rich-text editor: few kinds of marks, and one allow-list behind them (X8)."""

from __future__ import annotations

from typing import Any

from django import forms
from django_prose_editor.widgets import AdminProseEditorWidget

from campaigns.content.markup import sanitised

EXTENSIONS = {
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
}


class RichTextField(forms.CharField):
    """A fragment of HTML as an editor writes it; what comes out has passed the allow-list."""

    def __init__(self, *, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        widget = AdminProseEditorWidget(attrs=attrs, config={"extensions": EXTENSIONS}, preset="configurable")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """The sanitised fragment; empty when it has no words."""
        return sanitised(super().clean(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the sanitised fragments differ: the editor's way of closing an empty paragraph is no change."""
        return sanitised(initial or "") != sanitised(data or "")
