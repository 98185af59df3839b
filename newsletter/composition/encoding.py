"""Quoted-printable as segments: constant text ends in a soft line break before a slot, so nothing is re-encoded (F6).

No line begins with a dot (it becomes `=2E`, as RFC 2049 3 advises), so what is quoted here needs no dot-stuffing.
"""

from __future__ import annotations

import re

LONGEST = 75
"""Characters on a line before the `=` of a soft break (RFC 2045 6.7: 76 with it)."""
SOFT = b"=\r\n"
PLAIN = re.compile(r"[A-Za-z0-9 !\"#$%&'()*+,\-./:;<>?@\[\]^_`{|}~]*")
TABLE_OF_SPACE = {b" ": b"=20", b"\t": b"=09"}
PRINTABLE = frozenset(b"\t" + bytes(range(32, 127))) - frozenset(b"=")
TABLE = [bytes([octet]) if octet in PRINTABLE else b"=%02X" % octet for octet in range(256)]


def quoted(text: str) -> bytes:
    """`text` (lines end in LF) as quoted-printable with CRLF; its last line is left open, without a soft break."""
    return b"\r\n".join(quoted_line(line) for line in text.split("\n"))


def quoted_line(line: str) -> bytes:
    """One line without line ends, softly broken where it grows too long; trailing white space made visible."""
    octets = line.encode()
    if not PLAIN.fullmatch(line):
        octets = b"".join(map(TABLE.__getitem__, octets))
    runs = _broken(octets)
    last = runs[-1]
    if last.endswith((b" ", b"\t")):
        visible = TABLE_OF_SPACE[last[-1:]]
        runs[-1:] = [last[:-1] + visible] if len(last) + 2 <= LONGEST else [last[:-1], visible]
    return SOFT.join(runs)


def _broken(octets: bytes) -> list[bytes]:
    """`octets` in runs of at most 75, never inside `=XX`, none beginning with a dot."""
    runs: list[bytes] = []
    while True:
        if octets.startswith(b"."):
            octets = b"=2E" + octets[1:]
        if len(octets) <= LONGEST:
            return [*runs, octets]
        cut = octets.rfind(b"=", LONGEST - 2, LONGEST)
        end = cut if cut >= 0 else LONGEST
        runs.append(octets[:end])
        octets = octets[end:]
