"""A scam's own words made harmless: readable, and nothing in them that a mail program or browser would make a link of.

The notation is the one security teams use: `hxxps[:]//` for the scheme, `[.]` for a dot in an address, `[at]` for the at
sign; a middle dot (·) stands between the groups of a telephone number. A name in other letters than plain Latin ones
is shown as computers spell it (`xn--…`), for the name itself is the trick. Whoever needs the address can write it back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import idna

from campaigns.safeguarding.confusables import scripts_of, skeleton

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
SPELT_OTHERWISE = (
    FULL_WIDTH | dict.fromkeys(map(ord, "。｡․﹒．"), ".") | {ord("﹕"): ":", ord("︓"): ":", ord("﹫"): "@"}
)
"""Characters that browsers and mail programs read as the plain ones of an address."""
FILLERS = set("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5") | {chr(code) for code in range(0xFE00, 0xFE10)}
"""Characters that take no room and are no format characters (Cf)."""
SCHEME = re.compile(
    r"(?<![^\W_])(https?|ftps?|mailto|tel|sms|smsto|mms|callto|sip|sips|skype|whatsapp|tg|viber|facetime|data|javascript|file|"
    r"intent|market|geo|maps|webcal|xmpp|magnet|bitcoin)(\s*):",
    re.IGNORECASE,
)
AUTHORITY = re.compile(r":(?=//)")
HOST = re.compile(r"(?<![^\s/@:<(\[\"'„“])(?:[^\s./@:<>()\[\]\"'„”“,;!?]+\.)+[^\s./@:<>()\[\]\"'„”“,;!?&#]{2,63}")
NUMBER = r"\d{1,9}(?:\.\d{1,9}){1,2}"
PLAIN_NUMBER = re.compile(rf"(?<![\w.@/-]){NUMBER}(?![\w@/-]|\.\S)")
DOT = re.compile(r"(?<=[^\s.])\.(?=[^\s.,;:!?)\"'»”’\]])")
AT = re.compile(r"(?<=\S)@(?=\S)")
DATE = r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?:19|20)\d\d[-/–](?:19|20)\d\d"
PHONE = re.compile(rf"(?<![\w.·])(?:(?P<date>(?:{DATE})(?!\d))|(?P<phone>\+?\(?\d(?:[ \u00a0()./–-]{{0,2}}\d){{6,}}))")
GROUP = re.compile(r"[^\d+]+")
SHORTENERS = {
    *("bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "ow.ly", "cutt.ly", "rebrand.ly", "rb.gy", "t.ly", "tiny.cc"),
    *("shorturl.at", "s.id", "v.gd", "bl.ink", "lnkd.in", "buff.ly", "short.gy", "tiny.pl", "krotki.pl", "urlz.fr"),
}
ADDRESS_IN_NUMBERS = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)|(?<=//)(?:0x[0-9a-f]+|\d{8,10})(?![\w.])", re.IGNORECASE
)
LONGEST_GROUP = 3
CROSSED = str.maketrans("tT", "xX")


class Trick(StrEnum):
    """How an address deceives."""

    IMITATES = "imitates"
    SHORTENED = "shortened"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Warned:
    """An address in the scam that deceives: `shown` as it is printed, and what it `looks_like` (IMITATES only)."""

    trick: Trick
    shown: str
    looks_like: str = ""


@dataclass(frozen=True, slots=True)
class Harmless:
    """A scam's words as they may be printed, and what to warn of."""

    text: str
    warnings: tuple[Warned, ...]


def defanged(text: str) -> Harmless:
    """`text` with every address, e-mail address and telephone number in the notation above; invisible characters gone.

    Applying it twice changes nothing. Line breaks stay; dates and plain numbers stay as they are.
    """
    visible = "".join(map(_visible, text)).translate(SPELT_OTHERWISE)
    warnings: list[Warned] = []
    named = HOST.sub(lambda found: _named(found[0], warnings), visible)
    warnings += [Warned(Trick.NUMBERS, _cut(found[0])) for found in ADDRESS_IN_NUMBERS.finditer(named)]
    schemed = AUTHORITY.sub("[:]", SCHEME.sub(_scheme, named))
    return Harmless(_cut(schemed), tuple(dict.fromkeys(warnings)))


def _visible(letter: str) -> str:
    if letter in "\n\t":
        return letter
    if letter in FILLERS or unicodedata.category(letter) in {"Cf", "Cc", "Co", "Cn", "Cs"}:
        return ""
    return " " if unicodedata.category(letter) in {"Zs", "Zl", "Zp"} else letter


def _named(host: str, warnings: list[Warned]) -> str:
    """The host as computers spell it; what it pretends to be is noted."""
    spelt = host if host.isascii() or not _is_a_name(host) else ".".join(_spelt(label) for label in host.split("."))
    like = skeleton(host)
    if host.lower() in SHORTENERS or host.lower().removeprefix("www.") in SHORTENERS:
        warnings.append(Warned(Trick.SHORTENED, _cut(spelt)))
    elif _is_a_name(host) and like != spelt.lower() and like.isascii():
        warnings.append(Warned(Trick.IMITATES, _cut(spelt), _cut(like)))
    return spelt


def _is_a_name(host: str) -> bool:
    """Whether it is an address rather than two sentences without a space: it ends as addresses end, or mixes alphabets."""
    last = host.rpartition(".")[2]
    return bool(re.fullmatch(r"[a-z]{2,24}|[A-Z]{2,24}|xn--[\w-]+", last)) or len(scripts_of(host)) > 1


def _spelt(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.encode(label, uts46=True).decode()
    except idna.IDNAError:
        return "xn--" + re.sub(r"[^\w-]", "", label.lower().encode("punycode").decode())


def _scheme(found: re.Match[str]) -> str:
    word = found[1].translate(CROSSED) if found[1].lower().startswith("http") else found[1]
    return f"{word}{found[2]}[:]"


def _cut(text: str) -> str:
    """Dots of addresses and at signs in brackets, telephone numbers in groups; what is plainly a number keeps its dot."""
    numbers = [found.span() for found in PLAIN_NUMBER.finditer(text)]
    cut = DOT.sub(lambda dot: "." if any(start < dot.start() < end for start, end in numbers) else "[.]", text)
    return PHONE.sub(_phone, AT.sub("[at]", cut))


def _phone(found: re.Match[str]) -> str:
    if found["date"]:
        return found[0]
    groups = [group for group in GROUP.split(found["phone"]) if group]
    return "·".join("·".join(_groups(group)) for group in groups)


def _groups(digits: str) -> list[str]:
    sign, digits = ("+", digits[1:]) if digits.startswith("+") else ("", digits)
    size = LONGEST_GROUP
    parts = [digits[at : at + size] for at in range(0, len(digits), size)] if len(digits) > size + 2 else [digits]
    return [sign + parts[0], *parts[1:]] if parts else [sign]
