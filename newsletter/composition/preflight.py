"""What is still wrong with an edition, in sentences that say what to do. Blocking ones stop approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campaigns.content.models import NewsItem, State
from campaigns.safeguarding.sensitivity import care_at
from newsletter.composition import headers, measuring, wording
from newsletter.composition.blocks import helplines_for, in_language, sensitivity_of
from newsletter.composition.composing import Words, compose, loaded, words_of
from newsletter.composition.merging import unknown_fields
from newsletter.editions.models import Block, BlockKind, Edition, Newsletter
from newsletter.lib import tokens

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from campaigns.content.models import Campaign, CampaignText, Image, NewsItemText
    from newsletter.composition.message import Message

PREHEADER_AT_LEAST = 40
PREHEADER_AT_MOST = 110
SUBJECT_WITH_SLOTS_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (blocking) or to think about."""

    rule: str
    """A stable word for it."""
    blocking: bool
    language: str
    """Which variant; empty when it concerns all of them."""
    place: str
    """Where, in words: the edition, the newsletter, or which block."""
    sentence: str
    """What is wrong and what to do, in the active language."""


@dataclass(frozen=True, slots=True)
class Case:
    """One edition in one language, looked at on one day."""

    edition: Edition
    language: str
    words: Words
    blocks: list[Block]
    message: Message
    now: dt.datetime
    sensitivity: int

    @property
    def today(self) -> dt.date:
        """The day of `now` where we are."""
        return localtime(self.now).date()

    def finding(self, rule: str, sentence: str, *, place: str = "", blocking: bool = True) -> Finding:
        """A finding in this case's language; the place is the edition unless said."""
        return Finding(rule, blocking, self.language, place or _("Edition"), sentence)


def findings_for(*, edition: Edition, now: dt.datetime) -> list[Finding]:
    """Everything wrong with `edition` at `now` (aware): what concerns all variants first, then each language in turn."""
    return examined(edition=edition, now=now)[0]


def examined(*, edition: Edition, now: dt.datetime) -> tuple[list[Finding], list[Message]]:
    """The findings, and the composed Messages (unsaved, in the newsletter's order of languages) they were found on."""
    blocks = loaded(edition)
    found = [*_about_newsletter(edition.newsletter), *_about_items(blocks, now), *_about_edition(edition, blocks)]
    messages = []
    for language in edition.newsletter.languages:
        message = compose(edition=edition, language=language, today=localtime(now).date())
        words = words_of(edition, language)
        case = Case(edition, language, words, blocks, message, now, sensitivity_of(blocks))
        found += _about_language(case)
        messages.append(message)
    return found, messages


def _about_language(case: Case) -> Iterator[Finding]:
    yield from _about_subject(case)
    yield from _about_preheader(case)
    yield from _about_telling_words(case)
    yield from _about_words(case)
    yield from _about_variants(case)
    yield from _about_fields(case)
    yield from _about_help(case)
    yield from _about_pictures(case)
    yield from _about_message(case)


def _about_newsletter(newsletter: Newsletter) -> Iterator[Finding]:
    place = _("Newsletter")
    if not newsletter.languages:
        yield Finding("no-language", True, "", place, _("The newsletter has no language. Give it at least one."))
    for address in (newsletter.sender_email, newsletter.reply_to):
        if not headers.is_mailbox(address):
            sentence = _("The address %(address)s cannot stand in a mail. Correct it in the newsletter.")
            yield Finding("sender-address", True, "", place, sentence % {"address": address})
    if newsletter.reply_to.lower().replace("-", "").startswith(("noreply@", "donotreply@")):
        sentence = _(
            "Answers go to %(address)s, which looks like a mailbox nobody reads. Name one that somebody reads."
        )
        yield Finding("reply-address", False, "", place, sentence % {"address": newsletter.reply_to})
    if not newsletter.postal_address.strip():
        yield Finding("postal-address", True, "", place, _("The postal address is missing. Add it to the newsletter."))
    yield from _about_colours(newsletter, place)


def _about_colours(newsletter: Newsletter, place: str) -> Iterator[Finding]:
    for colour in filter(None, (newsletter.brand_colour, newsletter.signal_colour)):
        grounds = [tokens.LIGHT[name] for name in ("surface", "brand_soft", "signal_soft")]
        ratio = min(tokens.contrast(colour, ground) for ground in grounds)
        if ratio < tokens.CONTRAST_OF_TEXT:
            sentence = _(
                "The colour %(colour)s is too pale to read: contrast %(ratio).1f instead of at least 4.5. Choose a darker one."
            )
            yield Finding("contrast", False, "", place, sentence % {"colour": colour, "ratio": ratio})


def _about_edition(edition: Edition, blocks: list[Block]) -> Iterator[Finding]:
    level = sensitivity_of(blocks)
    if not blocks:
        yield Finding("no-block", True, "", _("Edition"), _("The edition is empty. Add at least one block."))
    if care_at(level).help_block and not any(block.kind == BlockKind.HELP for block in blocks):
        sentence = _("The edition has a sensitive text and no help block. Add a help block right after that text.")
        yield Finding("help-missing", True, "", _("Edition"), sentence)
    if wording.tells(edition.slug, level=level):
        sentence = _("The edition's address (%(slug)s) gives a sensitive subject away. Choose a neutral one.")
        yield Finding("telling-address", True, "", _("Edition"), sentence % {"slug": edition.slug})


def _about_items(blocks: list[Block], now: dt.datetime) -> Iterator[Finding]:
    for block in blocks:
        if block.news_item:
            yield from _about_item(block.news_item, place_of(block), now)
        if block.campaign:
            yield from _about_campaign(block.campaign, place_of(block), now)
        if block.scam_example and not block.scam_example.is_checked:
            sentence = _("Nobody has checked this scam example yet. Have it checked, or take it out.")
            yield Finding("unchecked-example", True, "", place_of(block), sentence)


def _about_item(item: NewsItem, place: str, now: dt.datetime) -> Iterator[Finding]:
    yield from _about_approval(item, place)
    if item.embargo_until and item.embargo_until > now:
        until = localtime(item.embargo_until)
        sentence = _("It may not be published before %(when)s. Take it out or wait.")
        yield Finding("embargo", True, "", place, sentence % {"when": until.strftime("%Y-%m-%d %H:%M %Z")})
    if item.valid_until and item.valid_until < localtime(now).date():
        sentence = _("It was valid until %(when)s. Check it and set a new date, or take it out.")
        yield Finding("expired", True, "", place, sentence % {"when": item.valid_until.isoformat()})
    yield from _about_address(item, place)


def _about_campaign(campaign: Campaign, place: str, now: dt.datetime) -> Iterator[Finding]:
    yield from _about_approval(campaign, place)
    if campaign.ends_on and campaign.ends_on < localtime(now).date():
        sentence = _("The campaign ended on %(when)s. Take it out or correct its dates.")
        yield Finding("expired", True, "", place, sentence % {"when": campaign.ends_on.isoformat()})
    if campaign.lacks_objective:
        sentence = _("The campaign has no objective. Set one in the campaign, or write there why it goes without.")
        yield Finding("no-objective", True, "", place, sentence)
    yield from _about_address(campaign, place)


def _about_address(content: NewsItem | Campaign, place: str) -> Iterator[Finding]:
    if wording.tells(content.slug, level=content.sensitivity):
        sentence = _("Its address (%(slug)s) gives a sensitive subject away. Choose a neutral one.")
        yield Finding("telling-address", True, "", place, sentence % {"slug": content.slug})


def _about_approval(content: NewsItem | Campaign, place: str) -> Iterator[Finding]:
    if content.state == State.WITHDRAWN:
        yield Finding("withdrawn", True, "", place, _("It was withdrawn. Take it out of the edition."))
    elif content.state != State.APPROVED:
        yield Finding("unapproved", True, "", place, _("It is not approved yet. Have it approved, or take it out."))
    elif content.in_use and content.stands_in:
        sentence = _("A newer version is being written. The edition prints the one approved on %(when)s.")
        when = date_format(localtime(content.in_use.at), "DATE_FORMAT")
        yield Finding("newer-version", False, "", place, sentence % {"when": when})


def _about_subject(case: Case) -> Iterator[Finding]:
    subject = case.words.edition.subject
    if not subject.strip():
        yield case.finding("subject-empty", _("The subject is empty. Write one."))
    elif subject.lower().startswith(("re:", "fwd:", "fw:", "odp:", "pd:")):
        yield case.finding("subject-reply", _("The subject looks like an answer to a mail. Take the Re: or Fwd: away."))
    if headers.FORGING.search(subject):
        yield case.finding("subject-characters", _("The subject holds an invisible character. Type it anew."))
    if len(case.message.subject) > SUBJECT_WITH_SLOTS_AT_MOST:
        yield case.finding("subject-long", _("The subject with its merge fields is too long. Shorten it."))


def _about_preheader(case: Case) -> Iterator[Finding]:
    length = len(case.words.edition.preheader.strip())
    if not length:
        yield case.finding("preheader-empty", _("The preheader is empty. Write what the edition brings."))
    elif not PREHEADER_AT_LEAST <= length <= PREHEADER_AT_MOST:
        sentence = _("The preheader has %(length)d characters. Between 40 and 110 show well in an inbox.")
        yield case.finding("preheader-length", sentence % {"length": length}, blocking=False)


def _about_telling_words(case: Case) -> Iterator[Finding]:
    if not care_at(case.sensitivity).neutral:
        return
    newsletter = case.edition.newsletter
    for field, word in wording.giveaways(words=case.words, newsletter=newsletter, language=case.language):
        sentence = _(
            "The %(field)s says “%(word)s”. Others may see it on a shared screen: choose neutral words, the edition is sensitive."
        )
        yield case.finding("telling-words", sentence % {"field": field, "word": word})


def _about_words(case: Case) -> Iterator[Finding]:
    """Legacy terms, wrong languages and pieces that identify, anywhere in the edition; with who let what stand (G1, G2)."""
    level = case.sensitivity
    for fault in wording.faults_in(words=case.words, blocks=case.blocks, language=case.language, level=level):
        place = place_of(fault.block) if fault.block else ""
        yield case.finding(fault.rule, fault.sentence, place=place, blocking=fault.blocking)


def _about_variants(case: Case) -> Iterator[Finding]:
    missing = _("The words in this language are missing. Write them.")
    if in_language(case.edition.newsletter.texts.all(), case.language) is None:
        yield case.finding("variant-missing", missing, place=_("Newsletter"))
    for block in case.blocks:
        if _lacks_words(block, case.language):
            yield case.finding("variant-missing", missing, place=place_of(block))
        owner = block.news_item or block.campaign
        texts: Iterable[NewsItemText | CampaignText] = owner.texts.all() if owner else []
        text = in_language(texts, case.language)
        if owner and text and care_at(owner.sensitivity).content_note and not text.content_note.strip():
            sentence = _("A content note is missing. Write one sentence that says what the text is about.")
            yield case.finding("content-note-missing", sentence, place=place_of(block))


def _lacks_words(block: Block, language: str) -> bool:
    match block.kind:
        case BlockKind.NEWS_ITEM:
            return block.news_item is None or in_language(block.news_item.texts.all(), language) is None
        case BlockKind.CAMPAIGN:
            return block.campaign is None or in_language(block.campaign.texts.all(), language) is None
        case BlockKind.SCAM_EXAMPLE:
            return block.scam_example is None or in_language(block.scam_example.texts.all(), language) is None
        case BlockKind.TEXT:
            text = in_language(block.texts.all(), language)
            return text is None or not (text.heading or text.body).strip()
        case BlockKind.BUTTON:
            text = in_language(block.texts.all(), language)
            return text is None or not text.label.strip()
        case _:
            return False


def _about_fields(case: Case) -> Iterator[Finding]:
    sentence = _("%(field)s is not a merge field. Write [[first_name]], or take the brackets away.")
    for field in unknown_fields(f"{case.words.edition.subject} {case.words.edition.preheader}"):
        yield case.finding("unknown-field", sentence % {"field": field})
    for block in case.blocks:
        text = in_language(block.texts.all(), case.language)
        for field in unknown_fields(f"{text.heading} {text.body} {text.label}") if text else []:
            yield case.finding("unknown-field", sentence % {"field": field}, place=place_of(block))


def _about_help(case: Case) -> Iterator[Finding]:
    asked = care_at(case.sensitivity).help_block or any(block.kind == BlockKind.HELP for block in case.blocks)
    country = case.edition.newsletter.country
    if asked and not helplines_for(
        country=country, language=case.language, sensitivity=case.sensitivity, today=case.today
    ):
        sentence = _(
            "No verified helpline for %(country)s has words in this language. Verify one in the help directory."
        )
        yield case.finding("help-empty", sentence % {"country": country})


def _about_pictures(case: Case) -> Iterator[Finding]:
    for block in case.blocks:
        for image in filter(None, (block.image, block.news_item.image if block.news_item else None)):
            yield from _about_picture(case, image, place_of(block))


def _about_picture(case: Case, image: Image, place: str) -> Iterator[Finding]:
    text = in_language(image.texts.all(), case.language)
    if text is None:
        sentence = _("The picture has no description in this language. Describe it, or mark it as decorative.")
        yield case.finding("alt-missing", sentence, place=place)
    elif not text.alt.strip():
        sentence = _("The picture is marked as decorative. If it tells something, describe it.")
        yield case.finding("alt-empty", sentence, place=place, blocking=False)


def _about_message(case: Case) -> Iterator[Finding]:
    for fault in measuring.faults_of(case.message):
        yield case.finding(fault.rule, fault.sentence)


def place_of(block: Block) -> str:
    """Which block, in words a person can find it by."""
    subject = block.news_item or block.campaign or block.scam_example
    name = f": {subject}" if subject else ""
    return _("Block %(number)d, %(kind)s") % {"number": block.position, "kind": block.get_kind_display()} + name
