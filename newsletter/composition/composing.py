"""An edition and a language in, a Message out: the theme rendered, CSS inline, the text part beside it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import lxml.html
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import translation
from premailer import Premailer

from campaigns.content.revising import in_print
from newsletter.composition.blocks import (
    Setting,
    helplines_for,
    in_language,
    picture_url,
    pieces_of,
    sensitivity_of,
)
from newsletter.composition.merging import MergeField, merged, said, slot
from newsletter.composition.message import Message, digest_of
from newsletter.composition.plaintext import wrapped
from newsletter.editions.models import Edition, EditionText, Newsletter, NewsletterText
from newsletter.lib import tokens
from newsletter.lib.addresses import page_url

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.editions.models import Block

THEME = "email/themes/wici"
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
ROWS = [
    "newsletter__texts",
    "newsletter__logo__texts",
    "texts",
    "blocks__texts",
    "blocks__image__texts",
    "blocks__campaign__texts",
    "blocks__campaign__in_use",
    "blocks__scam_example__texts",
    "blocks__scam_example__source",
    "blocks__campaign__overrides",
    "blocks__news_item__texts",
    "blocks__news_item__in_use",
    "blocks__news_item__overrides",
    "blocks__news_item__source",
    "blocks__news_item__topics__texts",
    "blocks__news_item__image__texts",
]
LOGO_HEIGHT = 40


@dataclass(frozen=True, slots=True)
class Words:
    """The edition's and the newsletter's words in one language; empty where a variant is missing (a finding)."""

    edition: EditionText
    newsletter: NewsletterText


def compose(*, edition: Edition, language: str, today: dt.date) -> Message:
    """The edition in `language` as an unsaved Message; the same rows and day give the same bytes.

    `today` decides which helplines may be printed (G7). A missing variant leaves its place empty: preflight says so.
    """
    loaded(edition)
    with translation.override(language):
        words = words_of(edition, language)
        context = _context(edition, words, language, today)
        html = _with_css_inline(render_to_string(f"{THEME}/edition.html", context))
        text = wrapped(render_to_string(f"{THEME}/edition.txt", context))
    return Message(
        edition=edition,
        language=language,
        subject=context["subject"],
        preheader=said(words.edition.preheader),
        html=html,
        text=text,
        links=_links(html),
        digest=digest_of(subject=context["subject"], html=html, text=text),
    )


def loaded(edition: Edition) -> list[Block]:
    """The edition's blocks in order, everything they point at fetched in a fixed number of queries.

    A news item or campaign of which a newer version is being written stands there as the version approved last.
    """
    prefetch_related_objects([edition], *ROWS)
    for block in edition.blocks.all():
        block.news_item = block.news_item and in_print(block.news_item)
        block.campaign = block.campaign and in_print(block.campaign)
    return sorted(edition.blocks.all(), key=lambda block: (block.position, block.pk))


def words_of(edition: Edition, language: str) -> Words:
    """Both texts in `language`; a missing one is an empty stand-in that names the newsletter by its slug."""
    newsletter = edition.newsletter
    return Words(
        edition=in_language(edition.texts.all(), language) or EditionText(edition=edition, language=language),
        newsletter=in_language(newsletter.texts.all(), language)
        or NewsletterText(newsletter=newsletter, language=language, name=newsletter.slug, publisher=newsletter.slug),
    )


def _context(edition: Edition, words: Words, language: str, today: dt.date) -> dict[str, Any]:
    blocks = loaded(edition)
    sensitivity = sensitivity_of(blocks)
    first_name = said(words.newsletter.first_name_fallback)
    setting = Setting(
        language=language,
        first_name=first_name,
        sensitivity=sensitivity,
        helplines=helplines_for(
            country=edition.newsletter.country, language=language, sensitivity=sensitivity, today=today
        ),
    )
    return {
        "language": language,
        "direction": "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr",
        "subject": " ".join(merged(words.edition.subject, first_name=first_name).split()),
        "preheader": merged(words.edition.preheader, first_name=first_name),
        "edition": edition,
        "code": said(edition.code),
        "newsletter": _masthead(edition.newsletter, words.newsletter),
        "pieces": pieces_of(blocks, setting),
        "light": _palette(edition.newsletter, "light"),
        "dark": _palette(edition.newsletter, "dark"),
        "type": {"sans": tokens.SANS, "serif": tokens.SERIF},
        **_ways_out(edition, language),
    }


def _masthead(newsletter: Newsletter, words: NewsletterText) -> dict[str, Any]:
    logo = newsletter.logo
    return {
        "name": said(words.name),
        "tagline": said(words.tagline),
        "publisher": said(words.publisher),
        "postal_address": " ".join(said(newsletter.postal_address).split()),
        "reply_to": newsletter.reply_to,
        "logo": {
            "src": picture_url(logo),
            "width": str(round(logo.width * LOGO_HEIGHT / max(1, logo.height))),
            "height": str(LOGO_HEIGHT),
        }
        if logo
        else None,
    }


def _ways_out(edition: Edition, language: str) -> dict[str, str]:
    return {
        "web_url": page_url("edition", language=language, slug=edition.slug),
        "check_url": page_url("check", language=language),
        "privacy_url": page_url("privacy", language=language),
        "unsubscribe_url": slot(MergeField.UNSUBSCRIBE_URL),
        "preferences_url": slot(MergeField.PREFERENCES_URL),
    }


def _palette(newsletter: Newsletter, scheme: tokens.Scheme) -> dict[str, str]:
    return tokens.palette(scheme, brand=newsletter.brand_colour, signal=newsletter.signal_colour)


def _with_css_inline(html: str) -> str:
    """Premailer once per message, without network or files. Sheets marked `data-premailer="ignore"` stay as they are."""
    return str(
        Premailer(
            html,
            allow_network=False,
            allow_loading_external_files=False,
            disable_link_rewrites=True,
            disable_validation=True,
            keep_style_tags=False,
            remove_classes=False,
            disable_basic_attributes=["width", "height"],  # `height: auto` would replace the picture's own height (W4)
            cache_css_parsing=False,
            cssutils_logging_level=logging.CRITICAL,
        ).transform()
    )


def _links(html: str) -> list[str]:
    """Every address in the HTML part once, in order of appearance."""
    return list(dict.fromkeys(str(link) for link in lxml.html.document_fromstring(html).xpath("//a/@href")))
