"""A scam example made ready to be shown: every word of it harmless, with what gives it away said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.content.models import Channel
from campaigns.safeguarding.defanging import Trick, defanged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from campaigns.content.models import ScamExample, ScamExampleText
    from campaigns.safeguarding.defanging import Warned


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a page or a mail prints; nothing in it can be opened, called or written to. All of it is plain text."""

    label: str
    title: str
    sender: str
    paragraphs: list[str]
    language: str
    """The language of the message: for `lang` (A7)."""
    warnings: list[str]
    how_to_tell: list[str]
    seen: str
    source_name: str
    source_url: str
    notation: str


def quoted(example: ScamExample, *, language: str) -> Quotation | None:
    """`example` in `language`, its sentences in the active one; None where it has no words in it.

    Costs no query when its texts and its source are at hand.
    """
    text = next((each for each in example.texts.all() if each.language == language), None)
    if text is None:
        return None
    said = defanged(text.words)
    warnings = [*defanged(text.sender).warnings, *said.warnings]
    return Quotation(
        label=_label(example),
        title=_harmless(text.title),
        sender=_harmless(text.sender),
        paragraphs=_paragraphs(said.text),
        language=text.words_language or text.language,
        warnings=sentences(dict.fromkeys(warnings)),
        how_to_tell=_paragraphs(_harmless(text.how_to_tell)),
        seen=_seen(example, text),
        source_name=example.source.name if example.source else "",
        source_url=example.source_url or (example.source.website if example.source else ""),
        notation=_(
            "Addresses are written so that nobody opens them by mistake: [.] is a dot, [at] is @, · parts a number."
        ),
    )


def sentences(warnings: Iterable[Warned]) -> list[str]:
    """What each deceiving address does, in the active language."""
    return [_sentence(warned) for warned in warnings]


def _sentence(warned: Warned) -> str:
    match warned.trick:
        case Trick.IMITATES:
            words = _("It looks like %(like)s, but is %(shown)s.")
        case Trick.SHORTENED:
            words = _("%(shown)s is a shortened address: it hides where it leads.")
        case _:
            words = _("%(shown)s is an address in numbers: honest senders have a name.")
    return words % {"like": warned.looks_like, "shown": warned.shown}


def _label(example: ScamExample) -> str:
    labels = {
        Channel.EMAIL: _("Example of a scam by e-mail"),
        Channel.SMS: _("Example of a scam by text message"),
        Channel.CALL: _("Example of a scam by telephone"),
        Channel.WEB: _("Example of a scam on a web page"),
        Channel.CHAT: _("Example of a scam in a chat"),
    }
    return labels[Channel(example.channel)]


def _seen(example: ScamExample, text: ScamExampleText) -> str:
    day = date_format(example.seen_on, "j E Y") if example.seen_on else ""
    return ", ".join(filter(None, [_harmless(text.seen_where), day]))


def _harmless(words: str) -> str:
    return defanged(words).text


def _paragraphs(words: str) -> list[str]:
    return [" ".join(line.split()) for line in words.splitlines() if line.strip()]
