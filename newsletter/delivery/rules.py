"""What mail servers mean by their refusals, as data (S3). The first rule that fits counts; `classifying` reads them.

Sources: IANA's enhanced status codes (RFC 3463, 5248, 7372, 7505), Gmail's "SMTP errors and codes" (February 2026), Yahoo's
"SMTP error codes" (February 2026), Outlook.com's "Troubleshooting" and Exchange Online's non-delivery reports, and the words
that Apple, GMX, WP and Orange are known to say. A rule without `only` holds for everybody, because the same servers also answer
for domains we could not place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a reply means for the row and for everybody after it."""

    ACCEPTED = "accepted"
    HARD = "hard"
    """There is no such mailbox."""
    BAD_DOMAIN = "bad_domain"
    """The domain takes no mail (null MX) or is none."""
    INACTIVE = "inactive"
    FULL = "mailbox_full"
    REFUSED = "refused"
    """This message, this reader; nobody else is concerned."""
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    RECIPIENT_POLICY = "recipient_policy"
    """The reader's own organisation keeps us out."""
    TEMPORARY = "temporary"
    GREYLISTED = "greylisted"
    RATE = "rate"
    """Too much from us: everybody at this provider waits."""
    POLICY = "policy"
    """The provider's rules keep us out; it says nothing about the reader."""
    OUR_FAULT = "our_fault"
    """Our own setup: somebody must mend it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits where all that is given fits: code and enhanced code as a whole, text anywhere in it, capitals or not."""

    name: str
    kind: Kind
    code: str = ""
    enhanced: str = ""
    text: str = ""
    only: str = ""
    """A provider's key."""
    strikes: int = 1
    """So many such replies within ten minutes stop the provider."""

    def pattern(self) -> re.Pattern[str]:
        """Of a reply written "code enhanced text", where no enhanced code is a hyphen."""
        text = f".*?(?:{self.text})" if self.text else ""
        return re.compile(f"(?:{self.code or ANY}) (?:{self.enhanced or ANY}) {text}", re.IGNORECASE | re.DOTALL)


ANY = r"\S+"
PERMANENT, PASSING = r"5\d\d", r"4\d\d"

GOOGLE = (
    Rule("google-mailbox-busy", Kind.TEMPORARY, PASSING, r"4\.2\.1", "receiving (e?mail )?(too quickly|at a rate)"),
    Rule("google-mailbox-flooded", Kind.REFUSED, PERMANENT, r"5\.2\.1", "receiving (e?mail )?at a rate"),
    Rule("google-disabled", Kind.INACTIVE, PERMANENT, r"5\.2\.1", "inactive|DisabledUser"),
    Rule("google-dns-away", Kind.TEMPORARY, PASSING, r"4\.7\.26", "temporary DNS"),
    Rule("google-expired-connection", Kind.TEMPORARY, "421", r"4\.7\.0", "connection expired", "google"),
    Rule(
        "google-own-rule", Kind.RECIPIENT_POLICY, PERMANENT, r"5\.7\.1", r"policy that prohibit|\bgcdp\b|email policy"
    ),
    Rule("google-not-in-their-list", Kind.RECIPIENT_POLICY, "421", r"4\.7\.0", "not in whitelist"),
    Rule(
        "google-form", Kind.OUR_FAULT, PERMANENT, r"5\.7\.1", "RFC 5322|(From|Message-ID): header|message header|IPv6"
    ),
    Rule(
        "google-address",
        Kind.OUR_FAULT,
        "(421|550)",
        r"[45]\.7\.[01]",
        "PTR record|not authorized to send email directly",
    ),
    Rule("google-tls", Kind.OUR_FAULT, "421", r"4\.7\.0", "TLS required"),
    Rule("google-daily-limit", Kind.RATE, PERMANENT, r"5\.(4\.5|7\.1)", "limit exceeded|rate limited"),
    Rule("google-reputation", Kind.RATE, "421", r"4\.7\.0", "rate limited|low reputation|suspicious|unusual rate"),
    Rule("google-unwanted", Kind.POLICY, PERMANENT, r"5\.7\.1", "unsolicited|low reputation", strikes=3),
)
YAHOO = (
    Rule("yahoo-deferred", Kind.RATE, "4[25]1", text=r"\[(IP)?TSS?\d+\].*temporarily deferred|temporarily deferred"),
    Rule("yahoo-blocked", Kind.POLICY, "421|55[34]", text=r"permanently deferred|\[(BL|TSS|IPTS)\d+\]"),
    Rule("yahoo-per-connection", Kind.TEMPORARY, "421", text="max message per connection"),
    Rule("yahoo-unknown-recipients", Kind.RATE, "4[25]1", text="excessive unknown recipients"),
    Rule("yahoo-no-account", Kind.HARD, PERMANENT, text="doesn't have an? .{1,30} account|mailbox not found"),
    Rule("yahoo-disabled", Kind.INACTIVE, PERMANENT, text=r"mailbox is disabled|\(554\.30\)"),
    Rule("yahoo-sender", Kind.OUR_FAULT, "451|55[034]", text=r"unresolvable RFC\.?532[12]"),
    Rule("yahoo-content", Kind.POLICY, "55[034]", text=r"not accepted for policy reasons|\[PH\d+\]", strikes=3),
)
MICROSOFT = (
    Rule("microsoft-authentication", Kind.OUR_FAULT, PERMANENT, r"5\.7\.(5(06|09|12|15|16)|23|57|60)"),
    Rule("microsoft-banned", Kind.POLICY, PERMANENT, r"5\.7\.(50[1238]|511|6(0[6-9]|[1-4]\d)|70[358]|750)"),
    Rule(
        "microsoft-listed",
        Kind.POLICY,
        "55[04]",
        text=r"\((S3140|S3150)\)|\b(SC|DY|OU)-00\d|part of their network is on",
    ),
    Rule(
        "microsoft-limit",
        Kind.RATE,
        "4[25]1",
        text=r"\bRP-00\d|IB00\d|temporarily rate limited|exceeded (the )?maximum number",
    ),
    Rule("microsoft-throttled", Kind.RATE, "4[25]1", r"4\.7\.([56]\d\d|8[5-9]\d)", strikes=3),
    Rule("microsoft-recipient", Kind.RECIPIENT_POLICY, PERMANENT, r"5\.7\.(12[49]|13[3-6]|193|50[457])"),
    Rule("microsoft-unknown", Kind.HARD, "550", r"5\.5\.0|-", "mailbox unavailable", "microsoft"),
    Rule("microsoft-not-found", Kind.HARD, "550", r"5\.1\.10", "RecipientNotFound|recipient .{0,60}not found"),
    Rule("microsoft-mailbox-busy", Kind.TEMPORARY, PASSING, r"4\.(3\.2|2\.12[12])", "thread limit|limit exceeded"),
)
WORDS_OF_OTHERS = (
    Rule("apple-deferred", Kind.RATE, PASSING, text=r"\[HCM\d\]|your mail from \S+ was deferred"),
    Rule("unitedinternet-unknown", Kind.HARD, "550", text="mailbox unavailable", only="unitedinternet"),
    Rule(
        "unitedinternet-policy", Kind.POLICY, "55[04]", text="reject due to policy (restriction|violation)", strikes=3
    ),
    Rule("orange-connections", Kind.RATE, text="trop de connexions"),
    Rule("orange-refuses", Kind.POLICY, text="service refus", only="orange", strikes=3),
    Rule("wp-spam", Kind.POLICY, PERMANENT, text="can't accept this message because it is spam", strikes=3),
)
ENHANCED = (
    Rule("rate-flood", Kind.RATE, enhanced=r"[45]\.7\.28"),
    Rule("authentication", Kind.OUR_FAULT, enhanced=r"[45]\.7\.(2[0-79]|3[0-2]|40)"),
    Rule(
        "login",
        Kind.OUR_FAULT,
        r"53[0-8]|504|503",
        r"5\.[57]\.\d+|-",
        "auth|login|log in|password|starttls|credentials|identity",
    ),
    Rule("login-only", Kind.OUR_FAULT, "53[0458]"),
    Rule(
        "relay",
        Kind.OUR_FAULT,
        PERMANENT,
        text="credentials for relay|relay(ing)? (access )?(is )?(denied|not (permitted|allowed))|(allowed|unable) to relay",
    ),
    Rule("sender-address", Kind.OUR_FAULT, enhanced=r"[45]\.1\.[78]"),
    Rule(
        "sender-domain",
        Kind.OUR_FAULT,
        text="sender (address|domain).{0,80}(does not exist|rejected: domain|not found|resolve)",
    ),
    Rule(
        "dmarc",
        Kind.OUR_FAULT,
        PERMANENT,
        text=r"\bdmarc|\bdkim\b.{0,60}(fail|not pass|invalid)|\bspf\b.{0,60}(fail|not pass)",
    ),
    Rule("null-mx", Kind.BAD_DOMAIN, "55[06]", r"5\.1\.10"),
    Rule("null-mx-code", Kind.BAD_DOMAIN, "556"),
    Rule("bad-domain", Kind.BAD_DOMAIN, PERMANENT, r"5\.1\.2"),
    Rule("bad-mailbox", Kind.HARD, PERMANENT, r"5\.1\.1"),
    Rule("full", Kind.FULL, enhanced=r"[45]\.2\.2"),
    Rule("account-disabled", Kind.INACTIVE, PERMANENT, r"5\.(2\.1|1\.6|7\.1[378])"),
    Rule("too-large", Kind.TOO_LARGE, PERMANENT, r"5\.(3\.4|2\.3)"),
    Rule("form", Kind.UNREADABLE, PERMANENT, r"5\.6\.\d+"),
)
WORDS = (
    Rule("greylisted", Kind.GREYLISTED, PASSING, text=r"gr[ae]y.?list|postgrey|come back later|4\.7\.1 .*try again in"),
    Rule(
        "too-fast",
        Kind.RATE,
        PASSING,
        text="too many (connections|messages|mails|sessions|concurrent)|rate.?limit|throttl",
    ),
    Rule(
        "too-fast-words",
        Kind.RATE,
        PASSING,
        text="unusual rate|sending (limit|rate|frequency)|exceeded .{0,40}(rate|limit)",
    ),
    Rule(
        "listed",
        Kind.POLICY,
        text=r"spamhaus|spamcop|barracudacentral|dnsbl|\brbl\b|(block|black).?list|poor reputation",
        strikes=3,
    ),
    Rule(
        "full-words",
        Kind.FULL,
        text=r"over ?quota|quota exceeded|(mailbox|inbox) (is )?(full|out of)|storage (space|allocation)",
    ),
    Rule(
        "disabled-words",
        Kind.INACTIVE,
        PERMANENT,
        text="(account|mailbox|user) .{0,60}(disabled|inactive|suspended|not active)",
    ),
    Rule(
        "unknown-words",
        Kind.HARD,
        "55[0134]",
        r"-|5\.[01]\.0",
        r"user unknown|unknown user|no such (user|recipient|mailbox|person)|utilisateur inconnu|not a valid (user|mailbox)"
        r"|(recipient|mailbox|account|user|address).{0,80}(does not|doesn't) exist|(no|sorry, no) mail-?box (here|by)",
    ),
    Rule("no-mail-words", Kind.BAD_DOMAIN, PERMANENT, text="null mx|domain does not accept mail"),
    Rule("too-large-words", Kind.TOO_LARGE, "552", text=r"\bsize\b|too (large|big|long)"),
)
CODES = (
    Rule("rate-of-the-connection", Kind.RATE, "421", r"[45]\.7\.\d+"),
    Rule("policy", Kind.POLICY, PERMANENT, r"5\.7\.\d+", strikes=5),
    Rule("temporary", Kind.TEMPORARY, PASSING),
    Rule("refused", Kind.REFUSED, PERMANENT),
)
TABLE = (*GOOGLE, *YAHOO, *MICROSOFT, *WORDS_OF_OTHERS, *ENHANCED, *WORDS, *CODES)
