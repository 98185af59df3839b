"""One form for facts and their words: every language of the site has its own fields, none is "added"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from campaigns.admin.richtext import RichTextField
from campaigns.content.examining import wrong_language_said
from campaigns.safeguarding import guessing
from campaigns.safeguarding.reading import read_plain, read_rich

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.content.models import Translation


def texts_form(
    *,
    text: type[Translation],
    owner: str,
    rich: Sequence[str] = (),
    said: bool = False,
    base: type[TextsForm] | None = None,
) -> type[TextsForm]:
    """A model form base that also edits the rows of `text`, which point at the form's instance by `owner`.

    Its fields are named `<field>_<language>`. Fields in `rich` get the editor and pass the allow-list (X8). With `said`
    each label names its language, for places where no tab does. `base` is the form it stands on, where not TextsForm itself.
    """
    names = words_of_model(text, owner)
    fields = {
        f"{name}_{code}": _field(text._meta.get_field(name), code, rich=name in rich, said=said)
        for code, _name in settings.LANGUAGES
        for name in names
    }
    attributes = {"text": text, "owner": owner, "words": names, **fields}
    meta: Any = type(TextsForm)  # Django's metaclass collects the fields
    return cast("type[TextsForm]", meta(f"{text.__name__}sForm", (base or TextsForm,), attributes))


def language_tabs(form: type[TextsForm]) -> list[Any]:
    """One fieldset per language; Unfold shows them as tabs."""
    return [
        (name, {"classes": ["tab"], "fields": [f"{word}_{code}" for word in form.words]})
        for code, name in settings.LANGUAGES
    ]


def words_of_model(text: type[Translation], owner: str) -> list[str]:
    """The fields of a text table that hold words."""
    return [field.name for field in text._meta.fields if field.name not in {"id", "language", owner}]


class TextsForm(forms.ModelForm):  # type: ignore[type-arg]  # the model is named by each subclass's Meta
    """Facts in the model's own fields, words in fields per language. A language without words has no row."""

    text: ClassVar[type[Translation]]
    owner: ClassVar[str]
    words: ClassVar[list[str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self._fill()

    @property
    def changed_words(self) -> list[str]:
        """Names of the word fields that differ from what is stored."""
        named = {self._name(word, code) for code, _name in settings.LANGUAGES for word in self.words}
        return [name for name in self.changed_data if name in named]

    def clean(self) -> dict[str, Any]:
        """Where a language has any words, the words it cannot do without must be there too."""
        cleaned = super().clean() or self.cleaned_data
        for code, _name in settings.LANGUAGES:
            self._demand_whole_language(code)
            self._question_languages(code)
        return cleaned

    def _question_languages(self, code: str) -> None:
        """Words just typed that are surely in another language: a sentence at the field, and a tick that lets them be."""
        for word in self.words:
            name = self._name(word, code)
            tick = f"keep-{self.add_prefix(name)}"
            words = self.cleaned_data.get(name) or ""
            if name not in self.changed_data or self.data.get(tick):
                continue
            read = read_rich if isinstance(self.fields[name], RichTextField) else read_plain
            guessed = guessing.wrong_language(read(words), language=code)
            if guessed and name not in self.errors:
                said = wrong_language_said(guessed=guessed, language=code)
                self.add_error(name, render_to_string("admin/parts/keep_language.html", {"said": said, "tick": tick}))

    def _demand_whole_language(self, code: str) -> None:
        if not any(self._written(code).values()):
            return
        for word in self.words:
            name = self._name(word, code)
            if not self._may_be_blank(word) and not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, _("Write this too, or leave the whole language empty."))

    def _may_be_blank(self, word: str) -> bool:
        return bool(cast("models.Field[Any, Any]", self.text._meta.get_field(word)).blank)

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # Django's own hook, absent from the stubs
        for code in {name.rpartition("_")[2] for name in self.changed_words}:
            self._save_language(code)
        getattr(self.instance, "_prefetched_objects_cache", {}).pop("texts", None)  # they have changed

    def _save_language(self, code: str) -> None:
        written = self._written(code)
        rows = self.text._default_manager.filter(**{self.owner: self.instance}, language=code)
        if not any(written.values()):
            rows.delete()
        elif not rows.update(**written):
            self.text._default_manager.create(**{self.owner: self.instance}, language=code, **written)

    def _fill(self) -> None:
        for row in self.instance.texts.all():
            for word in self.words:
                self.initial.setdefault(self._name(word, row.language), getattr(row, word))

    def _written(self, code: str) -> dict[str, str]:
        return {word: self.cleaned_data.get(self._name(word, code)) or "" for word in self.words}

    @staticmethod
    def _name(word: str, code: str) -> str:
        return f"{word}_{code}"


def _field(stored: Any, code: str, *, rich: bool, said: bool) -> forms.Field:
    name = capfirst(stored.verbose_name)
    label = format_lazy("{name} ({language})", name=name, language=dict(settings.LANGUAGES)[code]) if said else name
    common = {"label": label, "help_text": stored.help_text, "required": False}
    attrs = {"lang": code}
    if rich:
        return RichTextField(attrs=attrs, **common)
    if stored.choices:
        choices = stored.get_choices(blank_choice=[("", "–")])
        return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, **common)
    if isinstance(stored, models.CharField):
        return forms.CharField(max_length=stored.max_length, widget=UnfoldAdminTextInputWidget(attrs=attrs), **common)
    return forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={**attrs, "rows": 3}), **common)
