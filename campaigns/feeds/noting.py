"""What was missing in an entry and made up for: a word each, whose sentence tells whoever checks the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

NOTES = {
    "no_date": _("The feed gave no date: the source date is the day it was fetched."),
    "future_date": _("The feed gave a date in the future: the source date is the day it was fetched."),
    "no_link": _("The feed gave no address of its own for this entry: the source page is the publisher's site."),
    "no_licence": _("Neither the feed nor the source says under which terms it may be quoted."),
    "no_title": _("The feed gave no title: it was made of the first words."),
    "no_summary": _("The feed gave no summary: the lead repeats the title."),
    "title_cut": _("The title was too long and was cut."),
    "text_cut": _("The text was too long and was cut: read the rest at the source."),
    "telling_slug": _("The title gives a sensitive subject away, so the page's address is a neutral one."),
}


def sentences(notes: Iterable[str]) -> list[str | _StrPromise]:
    """A sentence for each note that is known."""
    return [NOTES[note] for note in notes if note in NOTES]
