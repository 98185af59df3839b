"""What a browser would post: the fields of a form as it was rendered, with some changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.fields.files import FieldFile

if TYPE_CHECKING:
    from django.test import Client


def filled(client: Client, url: str, /, **changes: Any) -> dict[str, Any]:
    """Every value the change or add form at `url` shows, its inlines included, with `changes` (`__` stands for `-`)."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    values: dict[str, Any] = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            values |= _posted(bound)
    return values | {name.replace("__", "-"): value for name, value in changes.items()}


def _posted(bound: Any) -> dict[str, Any]:
    value = bound.field.prepare_value(bound.value()) if hasattr(bound.field, "prepare_value") else bound.value()
    if hasattr(bound.field.widget, "decompress"):
        parts = bound.field.widget.decompress(value) if not isinstance(value, list) else value
        return {f"{bound.html_name}_{n}": "" if part is None else str(part) for n, part in enumerate(parts)}
    if isinstance(value, list):
        return {bound.html_name: [str(getattr(each, "pk", each)) for each in value]}
    return {} if value is None or isinstance(value, FieldFile) else {bound.html_name: str(value)}
