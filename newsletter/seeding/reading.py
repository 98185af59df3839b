"""Reads the files in seeds/ (laid out as seeds/README.md says) into records, and refuses what it does not understand."""

from __future__ import annotations

import csv
import datetime as dt
import re
from typing import TYPE_CHECKING, NoReturn

import yaml
from django.conf import settings

from campaigns.safeguarding.sensitivity import care_at
from newsletter.seeding import records
from newsletter.seeding.fields import Fields, SeedError
from newsletter.seeding.prose import html_of, loaded, read_prose, text_of, typeset

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = [code for code, _name in settings.LANGUAGES]
BLOCKS = ["news_item", "campaign", "text", "image", "scam_example", "button", "help", "divider"]
NOTE = ["content_note"]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAY = "|".join(DAYS)
HOURS = re.compile(rf"(?P<first>{_DAY})(?:-(?P<last>{_DAY}))? (?P<opens>[0-9:]{{5}})-(?P<closes>[0-9:]{{5}})")
CAMPAIGN_WORDS = ["name", "headline", "message", "call_to_action"]
CAREFUL_WORDS = ["public_name", "share_text", *NOTE]
COLUMNS = ["address", "first_name", "language"]


def read(folder: Path) -> records.Seeds:
    """Everything below `folder`.

    Raises:
        SeedError: a file that says something it may not; the error names file and field.
    """
    return records.Seeds(
        topics=_topics(folder / "topics.yaml"),
        sources=[_source(fields) for fields in _rows(folder / "sources.yaml")],
        pictures=[_picture(file) for file in sorted(folder.glob("images/*.yaml"))],
        campaigns=[_campaign(file) for file in sorted(folder.glob("campaigns/*/campaign.yaml"))],
        news=[_news_item(file) for file in sorted(folder.glob("news/*/item.yaml"))],
        scam_examples=[_scam_example(file) for file in sorted(folder.glob("scam_examples/*.yaml"))],
        helplines=[_helpline(row) for file in sorted(folder.glob("helplines/*.yaml")) for row in _rows(file)],
        newsletters=[_newsletter(file) for file in sorted(folder.glob("newsletters/*.yaml"))],
        people=_people(folder / "subscribers.csv"),
        editions=[_edition(file) for file in sorted(folder.glob("editions/*.yaml"))],
    )


def _topics(file: Path) -> list[records.Topic]:
    fields = _fields(file)
    names = {slug: fields.take_mapping(slug).take_all() for slug in loaded(text_of(file), file=file)}
    return [records.Topic(slug=slug, names=each) for slug, each in names.items()]


def _source(fields: Fields) -> records.Source:
    source = records.Source(
        name=fields.take_text("name"), website=fields.take_text("website"), licence=fields.take_text("licence")
    )
    fields.done()
    return source


def _picture(file: Path) -> records.Picture:
    fields = _fields(file)
    picture = records.Picture(
        name=file.stem,
        file=file.with_suffix(".png"),
        credit=fields.take_text("credit"),
        licence=fields.take_text("licence"),
        alt=fields.take_mapping("alt").take_all(),
    )
    fields.done()
    return picture


def _campaign(file: Path) -> records.Campaign:
    fields = _fields(file)
    sensitivity = fields.take_number("sensitivity", 0)
    campaign = records.Campaign(
        slug=file.parent.name,
        hashtag=fields.take_text("hashtag", ""),
        owner=fields.take_text("owner"),
        official_url=fields.take_text("official_url"),
        launched_on=fields.take_date("launched_on"),
        licence=fields.take_text("licence"),
        sensitivity=sensitivity,
        topics=fields.take_list("topics"),
        objective=_objective(fields.take_mapping("objective")),
        targets=[_target(row) for row in fields.take_rows("targets", [])],
        phases=[_phase(row) for row in fields.take_rows("phases", [])],
        materials=[_material(row) for row in fields.take_rows("materials", [])],
        partners=[_partner(row) for row in fields.take_rows("partners", [])],
        texts=_prose(file.parent, CAMPAIGN_WORDS + CAREFUL_WORDS * care_at(sensitivity).content_note),
    )
    fields.done()
    return campaign


def _objective(fields: Fields) -> dict[str, str | dt.date]:
    return {"objective_by": fields.take_date("objective_by"), **fields.take_all()}


def _target(fields: Fields) -> records.Target:
    target = records.Target(
        stage=fields.take_text("stage"),
        indicator=fields.take_text("indicator"),
        value=fields.take_number("value", 0),
        unit=fields.take_text("unit", ""),
    )
    fields.done()
    return target


def _phase(fields: Fields) -> records.Phase:
    phase = records.Phase(
        first_day=fields.take_date("first_day"),
        last_day=fields.take_date("last_day"),
        texts=_texts(fields.take_mapping("texts")),
    )
    fields.done()
    return phase


def _material(fields: Fields) -> records.Material:
    material = records.Material(
        url=fields.take_text("url"),
        kind=fields.take_text("kind"),
        language=fields.take_text("language", ""),
        licence=fields.take_text("licence", ""),
        source=fields.take_text("source", ""),
        texts=_texts(fields.take_mapping("texts")),
    )
    fields.done()
    return material


def _partner(fields: Fields) -> tuple[str, str]:
    partner = (fields.take_text("name"), fields.take_text("url", ""))
    fields.done()
    return partner


def _news_item(file: Path) -> records.NewsItem:
    fields = _fields(file)
    sensitivity = fields.take_number("sensitivity", 0)
    item = records.NewsItem(
        slug=file.parent.name,
        source=fields.take_text("source"),
        source_url=fields.take_text("source_url"),
        source_date=fields.take_date("source_date"),
        licence=fields.take_text("licence"),
        sensitivity=sensitivity,
        topics=fields.take_list("topics"),
        campaigns=fields.take_list("campaigns"),
        texts=_prose(file.parent, ["title", "lead"] + NOTE * care_at(sensitivity).content_note),
    )
    fields.done()
    return item


def _scam_example(file: Path) -> records.ScamExample:
    fields = _fields(file)
    example = records.ScamExample(
        slug=file.stem,
        channel=fields.take_text("channel"),
        source=fields.take_text("source"),
        source_url=fields.take_text("source_url"),
        news_items=fields.take_list("news_items"),
        texts=_texts(fields.take_mapping("texts")),
    )
    fields.done()
    return example


def _helpline(fields: Fields) -> records.Helpline:
    helpline = records.Helpline(
        slug=fields.take_text("slug"),
        country=fields.take_text("country"),
        kind=fields.take_text("kind"),
        audience=fields.take_text("audience"),
        spoken_languages=fields.take_list("spoken_languages"),
        phone=fields.take_text("phone", ""),
        sms=fields.take_text("sms", ""),
        chat_url=fields.take_text("chat_url", ""),
        web_url=fields.take_text("web_url", ""),
        charge=fields.take_text("charge", ""),
        round_the_clock=fields.take_switch("round_the_clock"),
        on_holidays=fields.take_text("on_holidays", ""),
        time_zone=fields.take_text("time_zone", ""),
        hours=_hours(fields),
        order=fields.take_number("order", 100),
        source_url=fields.take_text("source_url"),
        verified_on=fields.take_day("verified_on"),
        review_by=fields.take_day("review_by"),
        texts=_texts(fields.take_mapping("texts")),
    )
    fields.done()
    return helpline


def _hours(fields: Fields) -> list[records.Hours]:
    lines = [HOURS.fullmatch(line) for line in fields.take_list("hours")]
    try:
        return [_line_of_hours(line) for line in lines if line] if all(lines) else _refuse_hours(fields)
    except ValueError:  # a day has no such hour
        return _refuse_hours(fields)


def _line_of_hours(line: re.Match[str]) -> records.Hours:
    return records.Hours(
        first_day=DAYS.index(line["first"]),
        last_day=DAYS.index(line["last"] or line["first"]),
        opens=dt.time.fromisoformat(line["opens"]),
        closes=dt.time.fromisoformat(line["closes"]),
    )


def _refuse_hours(fields: Fields) -> NoReturn:
    raise fields.error("hours", "write each line as `mon-fri 12:00-20:00`")


def _newsletter(file: Path) -> records.Newsletter:
    fields = _fields(file)
    newsletter = records.Newsletter(
        slug=file.stem,
        reply_to=fields.take_text("reply_to"),
        country=fields.take_text("country"),
        languages=fields.take_list("languages"),
        postal_address=fields.take_text("postal_address"),
        texts=_texts(fields.take_mapping("texts")),
    )
    fields.done()
    return newsletter


def _people(file: Path) -> list[records.Person]:
    rows = csv.DictReader(text_of(file).splitlines(), strict=True)
    if rows.fieldnames != COLUMNS:
        raise SeedError(file, "first line", f"write {','.join(COLUMNS)}")
    return [records.Person(**row) for row in rows]


def _edition(file: Path) -> records.Edition:
    fields = _fields(file)
    edition = records.Edition(
        slug=file.stem,
        newsletter=fields.take_text("newsletter"),
        code=fields.take_text("code"),
        dated=fields.take_date("dated"),
        texts=_texts(fields.take_mapping("texts")),
        blocks=[_block(row) for row in fields.take_rows("blocks")],
    )
    fields.done()
    return edition


def _block(fields: Fields) -> records.Block:
    words = {language: _words(each, language=language) for language, each in fields.take_each(LANGUAGES).items()}
    kind, target = fields.take_first(BLOCKS)
    fields.done()
    return records.Block(kind=kind, target=target, texts=words)


def _words(fields: Fields, *, language: str) -> records.Words:
    words = {
        "heading": typeset(fields.take_text("heading", ""), language=language),
        "body": html_of(fields.take_text("body", ""), language=language),
        "label": fields.take_text("label", ""),
    }
    fields.done()
    return words


def _prose(folder: Path, names: list[str]) -> dict[str, records.Words]:
    texts = {}
    for file in sorted(folder.glob("*.md")):
        front, body = read_prose(file, language=file.stem)
        texts[file.stem] = {name: front.take_text(name) for name in names} | {"body": body}
        front.done()
    return texts


def _texts(fields: Fields) -> dict[str, records.Words]:
    texts = {language: each.take_all() for language, each in fields.take_each(LANGUAGES).items()}
    fields.done()
    return texts


def _fields(file: Path) -> Fields:
    return Fields(loaded(text_of(file), file=file), file=file)


def _rows(file: Path) -> list[Fields]:
    try:
        rows = yaml.safe_load(text_of(file))
    except yaml.YAMLError as error:
        raise SeedError(file, "the file", f"this is not YAML: {error}".replace("\n", " ")) from error
    return Fields({"rows": rows}, file=file).take_rows("rows")
