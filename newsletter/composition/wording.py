"""What an edition says, looked at for words we do not use, giveaways and pieces that identify (G1-G3); preflight reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaigns.content import examining
from campaigns.safeguarding import guessing, neutrality, terminology
from campaigns.safeguarding.reading import Passage, read_plain, read_rich
from campaigns.safeguarding.sensitivity import care_at
from newsletter.composition.blocks import in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from campaigns.content.models import Campaign, NewsItem, ScamExample
    from newsletter.composition.composing import Words
    from newsletter.editions.models import Block, Newsletter

OF_THE_BLOCK = ("heading", "label")
RULES = {"could-identify", "wrong-language", "unmarked-language"}
"""Rules that are called by their own name in preflight; every other finding about words is a `legacy-term`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing about words; `block` is where, None for the edition itself."""

    rule: str
    block: Block | None
    sentence: str
    blocking: bool


def faults_in(*, words: Words, blocks: Iterable[Block], language: str, level: int) -> Iterator[Fault]:
    """Everything to be said about the words of an edition of `level` in one language, block by block in order."""
    text = words.edition
    for line in (text.subject, text.preheader):
        yield from _own(read_plain(line), None, language, level)
    for block in blocks:
        yield from _of_block(block, language, level)
        content = block.news_item or block.campaign
        if content:
            yield from _of_content(content, block, language)
        if block.scam_example:
            yield from _of_example(block.scam_example, block, language, level)


def giveaways(*, words: Words, newsletter: Newsletter, language: str) -> Iterator[tuple[str, str]]:
    """Names of the places a shared screen shows, each with its first word that gives a sensitive subject away (G3)."""
    names = words.newsletter
    shown = {
        _("subject"): words.edition.subject,
        _("preheader"): words.edition.preheader,
        _("sender name"): f"{names.sender_name} {names.name}",
        _("list name"): newsletter.slug,
    }
    for place, said in shown.items():
        if telling := neutrality.telling_words(said, language=language):
            yield place, telling[0]


def _of_block(block: Block, language: str, level: int) -> Iterator[Fault]:
    text = in_language(block.texts.all(), language)
    if text is None:
        return
    for name in OF_THE_BLOCK:
        yield from _own(read_plain(getattr(text, name)), block, language, level)
    yield from _own(read_rich(text.body), block, language, level)


def _of_example(example: ScamExample, block: Block, language: str, level: int) -> Iterator[Fault]:
    """Our own words on how to tell; what the scam says is a quotation."""
    if text := in_language(example.texts.all(), language):
        yield from _own(read_plain(text.how_to_tell), block, language, level)


def _own(passage: Passage, block: Block | None, language: str, level: int) -> Iterator[Fault]:
    for term in terminology.findings(passage, language=language, level=level):
        yield Fault("legacy-term", block, examining.said_of(term), term.blocking)
    if guessed := guessing.wrong_language(passage, language=language):
        said = examining.wrong_language_said(guessed=guessed, language=language)
        yield Fault("wrong-language", block, said, blocking=True)


def _of_content(content: NewsItem | Campaign, block: Block, language: str) -> Iterator[Fault]:
    words = {language: examining.stored_words(content).get(language, {})}
    overrides = sorted(content.overrides.all(), key=lambda override: override.pk)
    for finding in examining.findings_in(words, level=content.sensitivity, overrides=overrides):
        if finding.can_stand:
            rule = finding.rule if finding.rule in RULES else "legacy-term"
            yield Fault(rule, block, _said(finding), finding.blocking)


def _said(finding: examining.Finding) -> str:
    override = finding.override
    if override is None:
        return finding.said
    return _("“%(found)s” was let stand by %(who)s on %(when)s: %(reason)s") % {
        "found": finding.found,
        "who": override.by_name,
        "when": date_format(localtime(override.at), "DATE_FORMAT"),
        "reason": override.reason,
    }


def tells(slug: str, *, level: int) -> bool:
    """Whether an address of something of `level` gives its subject away, though it must not (G3)."""
    return care_at(level).neutral and bool(neutrality.telling_words_of_address(slug))
