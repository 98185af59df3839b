"""delivery.transferring: what we ask a server to report, and under which name (S10, RFC 3461)."""

from __future__ import annotations

from newsletter.delivery.offering import Offer
from newsletter.delivery.transferring import Conversation, Parcel


def envelope(*, dsn: bool, recipient: str = "ula+news@example.org", envelope_id: str = "00ff") -> list[bytes]:
    talk = Conversation(Offer(pipelining=True, dsn=dsn, smtputf8=True))
    return talk.begin(Parcel("wici@example.org", recipient, b"x\r\n", envelope_id)).split(b"\r\n")[:2]


def test_failure_and_delay_are_reported_with_headers_only_under_our_own_name() -> None:
    assert envelope(dsn=True) == [
        b"MAIL FROM:<wici@example.org> RET=HDRS ENVID=00ff",
        b"RCPT TO:<ula+news@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ula+2Bnews@example.org",
    ]


def test_where_nobody_offers_it_nothing_is_asked() -> None:
    assert envelope(dsn=False) == [b"MAIL FROM:<wici@example.org>", b"RCPT TO:<ula+news@example.org>"]
    assert envelope(dsn=True, envelope_id="") == envelope(dsn=False)


def test_an_address_beyond_ascii_is_not_spelled_in_the_report() -> None:
    rcpt = envelope(dsn=True, recipient="żółw@example.org")[1].decode()
    assert rcpt == "RCPT TO:<żółw@example.org> NOTIFY=FAILURE,DELAY"
