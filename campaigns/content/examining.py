"""In: the words of a news item or a campaign, stored or just typed. Out: findings with place, suggestion and standing (G1-G3).

A finding that blocks can be let stand by somebody who may, with a reason (`let_stand`); it counts again as soon as its sentence
changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, get_language_info, gettext

from campaigns.content.models import Approval, Campaign, CampaignText, NewsItem, NewsItemText, Override, Translation
from campaigns.safeguarding import guessing, identifying, terminology
from campaigns.safeguarding.checklist import questions_at
from campaigns.safeguarding.neutrality import telling_words_of_address
from campaigns.safeguarding.reading import Passage, read_plain, read_rich
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from django.contrib.auth.models import User

Content = NewsItem | Campaign
Words = dict[str, dict[str, str]]
"""Per language, the words of each field as stored: rich text as HTML."""
RICH = frozenset({"body"})
TEXTS: dict[type[models.Model], type[Translation]] = {NewsItem: NewsItemText, Campaign: CampaignText}
NOTE_AT_MOST = 2
"""Better words named in a sentence; the others would only lengthen it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (blocking) or to think about, in one field of one language."""

    rule: str
    language: str
    field: str
    place: int
    """Where it begins, in characters of the field's words (without markup)."""
    end: int
    found: str
    """The words it is about."""
    sentence: str
    """The sentence around them, as written."""
    said: str
    """What is wrong and what to do, in the active language."""
    blocking: bool
    override: Override | None = None
    """Who let it stand, and why; such a finding does not block."""
    can_stand: bool = True
    """Whether a reason can let it stand; what is missing cannot be argued away."""

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What an override holds for."""
        return self.rule, self.language, self.field, self.found, self.sentence


class NoSuchFindingError(Exception):
    """The finding is not, or no longer, in the text as it is stored."""


def findings_of(item: Content) -> list[Finding]:
    """What is to be said about `item` as it is stored; two queries."""
    return findings_in(stored_words(item), level=item.sensitivity, overrides=overrides_of(item))


def findings_in(words: Words, *, level: int, overrides: Iterable[Override] = ()) -> list[Finding]:
    """What is to be said about `words` in an item of `level` (0 to 3): language by language, field by field, in reading order."""
    kept = {override.key: override for override in overrides}
    found = [each for language in words for each in _in_language(language, words[language], level)]
    return [_standing(finding, kept.get(finding.key)) for finding in found]


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop approval."""
    return [finding for finding in findings if finding.blocking]


def let_stand(
    *, item: Content, finding: tuple[str, str, str, str, str], reason: str, by: User, now: dt.datetime
) -> Override:
    """Note that `finding` (its key) stands in `item` for `reason` (not empty), who said so and when.

    Raises:
        NoSuchFindingError: the stored text has no such finding; it changed, or was never there.
    """
    there = {each.key: each for each in findings_of(item) if each.can_stand}
    if finding not in there:
        raise NoSuchFindingError
    rule, language, name, found, sentence = finding
    override = Override(
        news_item=item if isinstance(item, NewsItem) else None,
        campaign=item if isinstance(item, Campaign) else None,
        about=_called(item),
        rule=rule,
        language=language,
        field=name,
        found=found,
        sentence=sentence,
        reason=reason.strip(),
        by=by,
        by_name=by.get_username(),
        at=now,
    )
    override.save()
    return override


def note_approval(*, item: Content, by: User | None, now: dt.datetime, checklist: Iterable[str] = ()) -> Approval:
    """Keep what was known when `item` was approved: level, rules, findings left, and the questions answered (G2)."""
    found = findings_of(item)
    approval = Approval(
        news_item=item if isinstance(item, NewsItem) else None,
        campaign=item if isinstance(item, Campaign) else None,
        about=_called(item),
        by=by,
        by_name=by.get_username() if by else "",
        at=now,
        level=item.sensitivity,
        rules={language: _rules(language) for language in stored_words(item)},
        findings=[_kept(finding) for finding in found],
        checklist=sorted(set(checklist) & set(questions_at(item.sensitivity))),
    )
    approval.save()
    return approval


def _called(item: Content) -> str:
    """Its title or name in the active language, or in any; an address where it has no words."""
    words = stored_words(item)
    fields = words.get(get_language() or "") or next(iter(words.values()), {})
    return (next(iter(fields.values()), "") or item.slug)[:200]


def _rules(language: str) -> dict[str, object]:
    rules = sorted({rule.rule for rule in terminology.rules_for(language)})
    return {"rules": rules, "fingerprint": terminology.fingerprint(language)}


def _kept(finding: Finding) -> dict[str, object]:
    reason = finding.override.reason if finding.override else ""
    words = {"rule": finding.rule, "language": finding.language, "field": finding.field, "found": finding.found}
    return {**words, "let_stand": reason}


def obstacles(item: Content, *, by: User | None) -> Iterator[str]:
    """Sentences in the active language that say what must happen before `by` can approve `item`; None is the operator."""
    words = stored_words(item)
    if not words:
        yield gettext("Write it in at least one language.")
    for finding in blocking(findings_in(words, level=item.sensitivity, overrides=overrides_of(item))):
        yield finding.said
    yield from telling_address(item)
    yield from second_person_needed(item, by=by)


def telling_address(item: Content) -> Iterator[str]:
    """A sentence, where the address of a sensitive item says what it is about: approved once, it never changes (G3)."""
    if care_at(item.sensitivity).neutral and telling_words_of_address(item.slug):
        yield gettext("Its address (%(slug)s) gives a sensitive subject away. Choose a neutral one.") % {
            "slug": item.slug
        }


def second_person_needed(item: Content, *, by: User | None) -> Iterator[str]:
    """A sentence, where `by` wrote or submitted last what another person must approve (X13); superusers are no exception."""
    if (
        by is not None
        and care_at(item.sensitivity).second_approver
        and by.pk in {item.written_by_id, item.submitted_by_id}
    ):
        yield gettext(
            "At level %(level)d the person who wrote or submitted it cannot approve it. Ask somebody else who may approve."
        ) % {"level": item.sensitivity}


def stored_words(item: Content) -> Words:
    """The words of `item` as they are stored."""
    return {text.language: {name: getattr(text, name) for name in word_fields(type(item))} for text in item.texts.all()}


def overrides_of(item: Content) -> list[Override]:
    """What was let stand in `item`, oldest first."""
    return list(item.overrides.order_by("at", "pk")) if item.pk else []


def word_fields(owner: type[models.Model]) -> list[str]:
    """The fields of `owner`'s texts that hold words, in their order."""
    kinds = (models.CharField, models.TextField)
    fields = TEXTS[owner]._meta.fields  # noqa: SLF001 (Django's documented model API)
    named = [each for each in fields if isinstance(each, kinds) and each.name != "language"]
    return [each.name for each in named if not isinstance(each, models.URLField)]


def passage_of(name: str, words: str) -> Passage:
    """The words of a field as rules read them."""
    return read_rich(words) if name in RICH else read_plain(words)


def language_name(code: str) -> str:
    """What a language is called in the active one: "Polish", "polski"."""
    return str(get_language_info(code)["name_translated"])


def wrong_language_said(*, guessed: str, language: str) -> str:
    """The sentence about a text that stands under another language than its own."""
    return gettext("This looks like %(guessed)s; it stands under %(language)s. Move it, or translate it.") % {
        "guessed": language_name(guessed),
        "language": language_name(language),
    }


def _in_language(language: str, fields: Mapping[str, str], level: int) -> Iterator[Finding]:
    passages = {name: passage_of(name, words) for name, words in fields.items() if words.strip()}
    whole = "\n".join(passage.text for passage in passages.values())
    if care_at(level).content_note and "content_note" not in passages:
        yield _note_missing(language)
    for name, passage in passages.items():
        yield from _wrong_language(language, name, passage)
        yield from _terms(language, name, passage, level, whole)
    if care_at(level).guards_identity:
        yield from _mosaics(language, passages, whole)


def _note_missing(language: str) -> Finding:
    said = gettext("Write a content note in %(language)s: one sentence that says what the text is about.")
    name = dict(settings.LANGUAGES).get(language, language)
    said %= {"language": str(name)}
    return Finding("content-note", language, "content_note", 0, 0, "", "", said, blocking=True, can_stand=False)


def _terms(language: str, name: str, passage: Passage, level: int, whole: str) -> Iterator[Finding]:
    for term in terminology.findings(passage, language=language, level=level, whole=whole):
        yield Finding(
            term.rule, language, name, term.place, term.end, term.found, term.sentence, said_of(term), term.blocking
        )


def said_of(term: terminology.TermFinding) -> str:
    """What is wrong with a term and what to write instead, in the active language; reasons are in the text's own."""
    if term.instead:
        words = gettext("Replace “%(found)s” with “%(instead)s”. %(reason)s") % {
            "found": term.found,
            "instead": gettext("” or “").join(term.instead[:NOTE_AT_MOST]),
            "reason": term.reason,
        }
    else:
        words = gettext("“%(found)s”: %(reason)s %(hint)s") % {
            "found": term.found,
            "reason": term.reason,
            "hint": term.hint,
        }
    return f"{words} {gettext('It stands in a quotation, so it may stay.')}" if term.quoted else words


def _wrong_language(language: str, name: str, passage: Passage) -> Iterator[Finding]:
    guessed = guessing.wrong_language(passage, language=language)
    if guessed:
        said = wrong_language_said(guessed=guessed, language=language)
        yield Finding("wrong-language", language, name, 0, len(passage.text), passage.text, passage.text, said, True)
        return
    for start, end, code in guessing.unmarked_sentences(passage, language=language):
        said = gettext(
            "This sentence looks like %(guessed)s. Mark its language, so that screen readers speak it right."
        )
        words = passage.text[start:end]
        yield Finding(
            "unmarked-language",
            language,
            name,
            start,
            end,
            words,
            words,
            said % {"guessed": language_name(code)},
            False,
        )


def _mosaics(language: str, passages: Mapping[str, Passage], whole: str) -> Iterator[Finding]:
    for mosaic in identifying.mosaics(whole, language=language):
        pieces = ", ".join(
            gettext("%(kind)s “%(words)s”") % {"kind": identifying.NAMES[piece.kind], "words": piece.words}
            for piece in mosaic.pieces
        )
        said = gettext("Together these could tell who the child is: %(pieces)s. Leave some of them out.")
        name, place = _field_at(passages, mosaic.place)
        end = min(place + mosaic.end - mosaic.place, len(passages[name].text))
        words = whole[mosaic.place : mosaic.end]
        first, last = Passage(whole).sentence_at(mosaic.place, mosaic.end)
        said %= {"pieces": pieces}
        yield Finding("could-identify", language, name, place, end, words, whole[first:last].strip(), said, True)


def _field_at(passages: Mapping[str, Passage], place: int) -> tuple[str, int]:
    """Which field holds character `place` of all of them joined by line ends, and where in it."""
    starts, start = {}, 0
    for name, passage in passages.items():
        starts[name] = start
        start += len(passage.text) + 1
    within = max((start, name) for name, start in starts.items() if start <= place)
    return within[1], place - within[0]


def _standing(finding: Finding, override: Override | None) -> Finding:
    if override is None or not finding.can_stand:
        return finding
    return replace(finding, blocking=False, override=override)
