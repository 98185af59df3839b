"""Which provider receives for a domain, and how gently each is treated to begin with (S11). Pure, and mostly data.

A provider is known by its mail exchangers, not by the reader's domain: Gmail's limits hold for every domain whose mail goes
there. We hand all mail to our own servers (SMTP_URL); the limits are kept by the envelope's domain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.delivery import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHERS = ""
"""All domains of no provider we know, together."""


@dataclass(frozen=True, slots=True)
class Known:
    """A provider we know; numbers are start values, 0 is no limit."""

    name: str
    exchangers: tuple[str, ...]
    """Ends of the names of its mail exchangers."""
    domains: tuple[str, ...] = ()
    """Domains of its readers, answered without asking the DNS; `.*` stands for any country's ending."""
    connections: int = 10
    mails_per_connection: int = 100


PROVIDERS: dict[str, Known] = {
    "google": Known("Gmail (Google)", ("google.com", "googlemail.com"), ("gmail.com", "googlemail.com"), 5, 50),
    "microsoft": Known(
        "Outlook (Microsoft)",
        ("protection.outlook.com", "mx.microsoft", "hotmail.com", "eo.outlook.com"),
        ("outlook.*", "hotmail.*", "live.*", "msn.com", "windowslive.com", "passport.com"),
        5,
        50,
    ),
    "yahoo": Known(
        "Yahoo, AOL", ("yahoodns.net",), ("yahoo.*", "ymail.com", "rocketmail.com", "aol.*", "aim.com"), 10, 20
    ),
    "apple": Known("iCloud (Apple)", ("icloud.com",), ("icloud.com", "me.com", "mac.com"), 10, 5),
    "wp": Known(
        "Poczta WP, o2", ("wp.pl", "o2.pl", "tlen.pl", "go2.pl"), ("wp.pl", "o2.pl", "tlen.pl", "go2.pl", "prokonto.pl")
    ),
    "onet": Known(
        "Onet Poczta",
        ("onet.pl",),
        (
            *("onet.pl", "onet.eu", "onet.com.pl", "poczta.onet.pl", "poczta.onet.eu", "op.pl", "vp.pl"),
            *("autograf.pl", "amorki.pl", "buziaczek.pl", "spoko.pl", "adres.pl"),
        ),
    ),
    "interia": Known(
        "Poczta Interia",
        ("interia.pl",),
        ("interia.pl", "interia.eu", "interia.com", "poczta.fm", "intmail.pl", "vip.interia.pl"),
    ),
    "homepl": Known("home.pl", ("home.pl",)),
    "nazwapl": Known("nazwa.pl", ("nazwa.pl",)),
    "unitedinternet": Known(
        "GMX, WEB.DE, mail.com",
        ("gmx.net", "gmx.com", "web.de", "mail.com"),
        ("gmx.*", "web.de", "mail.com", "email.de", "caramail.com"),
        4,
        20,
    ),
    "ionos": Known("IONOS", ("kundenserver.de", "1and1.com", "1and1.fr", "1and1.co.uk", "1and1.es", "ionos.*")),
    "telekom": Known("Telekom (t-online.de)", ("t-online.de",), ("t-online.de", "magenta.de")),
    "freenet": Known("freenet", ("freenet.de",), ("freenet.de",)),
    "strato": Known("STRATO", ("rzone.de",)),
    "posteo": Known("Posteo", ("posteo.de",), ("posteo.de", "posteo.net")),
    "mailboxorg": Known("mailbox.org", ("mailbox.org",), ("mailbox.org",)),
    "orange": Known("Orange", ("orange.fr",), ("orange.fr", "wanadoo.fr"), 3),
    "laposte": Known("La Poste", ("laposte.net",), ("laposte.net",)),
    "free": Known("Free", ("free.fr",), ("free.fr",)),
    "sfr": Known("SFR", ("sfr.fr", "sfr.net"), ("sfr.fr", "neuf.fr", "cegetel.net", "club-internet.fr")),
    "ovh": Known("OVH", ("ovh.net",)),
    "gandi": Known("Gandi", ("gandi.net",)),
    "infomaniak": Known("Infomaniak", ("infomaniak.ch",)),
    "bluewin": Known("Bluewin (Swisscom)", ("bluewin.ch",), ("bluewin.ch",)),
    "italiaonline": Known(
        "Libero, Virgilio",
        ("libero.it", "virgilio.it", "italiaonline.it"),
        ("libero.it", "virgilio.it", "inwind.it", "iol.it", "blu.it", "giallo.it"),
    ),
    "tim": Known("TIM", ("tim.it", "alice.it", "tin.it"), ("tim.it", "alice.it", "tin.it")),
    "aruba": Known("Aruba", ("aruba.it",)),
    "tiscali": Known("Tiscali", ("tiscali.it",), ("tiscali.it",)),
    "kpn": Known("KPN", ("kpnmail.nl",), ("kpnmail.nl", "planet.nl", "hetnet.nl"), 10, 10),
    "ziggo": Known("Ziggo", ("ziggo.nl",), ("ziggo.nl", "home.nl")),
    "telenet": Known("Telenet", ("telenet-ops.be", "telenet.be"), ("telenet.be",)),
    "proximus": Known("Proximus", ("proximus.be", "skynet.be", "belgacom.be"), ("proximus.be", "skynet.be")),
    "proton": Known(
        "Proton Mail", ("protonmail.ch", "proton.ch"), ("proton.me", "protonmail.com", "protonmail.ch", "pm.me")
    ),
    "tuta": Known(
        "Tuta", ("tutanota.de", "tuta.com"), ("tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "keemail.me")
    ),
    "seznam": Known("Seznam", ("seznam.cz",), ("seznam.cz", "email.cz", "post.cz", "spoluzaci.cz")),
    "centrum": Known("Centrum, Atlas", ("centrum.cz",), ("centrum.cz", "centrum.sk", "atlas.cz")),
    "azet": Known("Azet", ("azet.sk",), ("azet.sk",)),
    "freemail": Known("Freemail", ("freemail.hu",), ("freemail.hu",)),
    "citromail": Known("Citromail", ("citromail.hu",), ("citromail.hu",)),
    "sapo": Known("SAPO", ("sapo.pt",), ("sapo.pt",)),
    "abv": Known("ABV", ("abv.bg",), ("abv.bg", "gyuvetch.bg")),
    "inboxlv": Known("Inbox.lv", ("inbox.lv",), ("inbox.lv",)),
    "mailee": Known("mail.ee", ("mail.ee",), ("mail.ee",)),
    "ukrnet": Known("UKR.NET", ("ukr.net",), ("ukr.net",)),
    "mailru": Known("Mail.ru", ("mail.ru",), ("mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru")),
    "yandex": Known("Yandex", ("yandex.ru", "yandex.net"), ("yandex.ru", "yandex.com", "ya.ru")),
    "zoho": Known("Zoho", ("zoho.*", "zohomail.com")),
    "fastmail": Known("Fastmail", ("messagingengine.com",), ("fastmail.com", "fastmail.fm")),
    "mimecast": Known("Mimecast", ("mimecast.com", "mimecast.co.za", "mimecast-offshore.com")),
    "proofpoint": Known("Proofpoint", ("pphosted.com", "ppe-hosted.com")),
    "cisco": Known("Cisco", ("iphmx.com",)),
    "barracuda": Known("Barracuda", ("barracudanetworks.com",), connections=10, mails_per_connection=15),
    "hornetsecurity": Known("Hornetsecurity", ("hornetsecurity.com", "antispameurope.com")),
    "trendmicro": Known("Trend Micro", ("trendmicro.com", "trendmicro.eu")),
    "broadcom": Known("Broadcom (Symantec)", ("messagelabs.com",)),
}
"""By the key that stands in rows. `hotmail.com` as an exchanger is Microsoft's old one."""

ELSEWHERE = frozenset({"yahoo.co.jp", "yahoo.ne.jp"})
"""Look like one of the domains above and are not: another company's servers."""

EXAMPLES = (["example", "org"], ["example", "com"], ["example", "net"])
RESERVED = ("example", "test", "invalid", "localhost", "local", "onion")
"""Top-level domains that receive no mail from the internet (RFC 2606, RFC 6761): the DNS is not asked."""


def name_of(key: str) -> str:
    """What people call it; for all others a sentence of ours in English, for a slot of `sentences.said`."""
    if key == OTHERS:
        return sentences.OTHERS.rstrip(".")
    return PROVIDERS[key].name if key in PROVIDERS else key


def of_domain(domain: str) -> str | None:
    """The provider of a well-known domain (lower case, A-label), OTHERS where nobody receives; None: ask the DNS."""
    labels = domain.split(".")
    if labels[-1] in RESERVED or labels[-2:] in EXAMPLES:
        return OTHERS
    if domain in ELSEWHERE:
        return None
    found = DOMAINS.fullmatch(domain)
    return _key_of(found) if found else None


def of_exchangers(hosts: Sequence[str]) -> str:
    """The provider behind mail exchangers, the most preferred first; OTHERS where we know none of them."""
    for host in hosts:
        if found := EXCHANGERS.search(host.rstrip(".").lower()):
            return _key_of(found)
    return OTHERS


def _key_of(found: re.Match[str]) -> str:
    return str(found.lastgroup)


def _one_of(names: Sequence[str]) -> str:
    return "|".join(re.escape(name).replace(r"\.\*", r"(?:\.[a-z]{2,3}){1,2}") for name in names)


DOMAINS = re.compile("|".join(f"(?P<{key}>{_one_of(one.domains)})" for key, one in PROVIDERS.items() if one.domains))
EXCHANGERS = re.compile(
    "(?:^|\\.)(?:" + "|".join(f"(?P<{key}>{_one_of(one.exchangers)})" for key, one in PROVIDERS.items()) + ")$"
)
