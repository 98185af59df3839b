"""What a mail server says it can do: the lines of its EHLO reply (RFC 5321 4.1.1.1). Pure."""

from __future__ import annotations

from dataclasses import dataclass

MOST_DIGITS = 18
"""A number longer than this is no limit anybody could mean."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The extensions a server named. A number of 0 says: no limit was named."""

    pipelining: bool = False
    """RFC 2920: commands may be sent before their predecessors are answered."""
    eight_bit: bool = False
    """RFC 6152: BODY=8BITMIME."""
    smtputf8: bool = False
    """RFC 6531: addresses and headers beyond ASCII."""
    starttls: bool = False
    """RFC 3207."""
    size: int = 0
    """RFC 1870: most bytes of one message."""
    auth: tuple[str, ...] = ()
    """RFC 4954: names of mechanisms in capitals, in the server's order, each once."""
    chunking: bool = False
    """RFC 3030: BDAT instead of DATA."""
    binary: bool = False
    """RFC 3030: BODY=BINARYMIME (only together with chunking)."""
    dsn: bool = False
    """RFC 3461: NOTIFY, RET, ENVID, ORCPT."""
    enhanced: bool = False
    """RFC 2034: replies carry enhanced status codes."""
    requiretls: bool = False
    """RFC 8689."""
    declares_size: bool = False
    """RFC 1870: SIZE=… may stand in MAIL, whether or not a limit was named."""
    mailmax: int = 0
    """RFC 9422: most transactions in one session."""
    rcptmax: int = 0
    """RFC 9422: most recipients in one transaction."""
    rcptdomainmax: int = 0
    """RFC 9422: most recipient domains in one session."""


def offer_in(lines: list[str]) -> Offer:
    """What an EHLO reply's lines (without code) offer; the first line is a greeting.

    Any case, any order; what stands twice counts once, the narrower limit winning; what cannot be read counts as not said.
    """
    words = _words_by_keyword(lines[1:])
    limits = words.get("LIMITS", [])
    return Offer(
        pipelining="PIPELINING" in words,
        eight_bit="8BITMIME" in words,
        smtputf8="SMTPUTF8" in words,
        starttls="STARTTLS" in words,
        size=_narrowest(words.get("SIZE", [])),
        auth=tuple(dict.fromkeys(words.get("AUTH", []))),
        chunking="CHUNKING" in words,
        binary="BINARYMIME" in words and "CHUNKING" in words,
        dsn="DSN" in words,
        enhanced="ENHANCEDSTATUSCODES" in words,
        requiretls="REQUIRETLS" in words,
        declares_size="SIZE" in words,
        mailmax=_narrowest(_values(limits, "MAILMAX")),
        rcptmax=_narrowest(_values(limits, "RCPTMAX")),
        rcptdomainmax=_narrowest(_values(limits, "RCPTDOMAINMAX")),
    )


def _words_by_keyword(lines: list[str]) -> dict[str, list[str]]:
    """Every keyword in capitals with its parameters in capitals; a keyword's repetitions are joined."""
    found: dict[str, list[str]] = {}
    for line in lines:
        keyword, *parameters = line.upper().split() or [""]
        if keyword.startswith("AUTH="):  # servers of the time before RFC 4954, for clients of that time
            keyword, parameters = "AUTH", [keyword.removeprefix("AUTH="), *parameters]
        found.setdefault(keyword, []).extend(filter(None, parameters))
    return found


def _values(parameters: list[str], name: str) -> list[str]:
    return [word.removeprefix(f"{name}=") for word in parameters if word.startswith(f"{name}=")]


def _narrowest(numbers: list[str]) -> int:
    readable = [int(word) for word in numbers if word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS]
    return min(filter(None, readable), default=0)
