"""delivery.classifying over what the large providers and IANA publish (S3)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.classifying import classify
from newsletter.delivery.models import DeliveryState
from newsletter.delivery.replies import Reply, ReplyReader
from newsletter.delivery.rules import TABLE, Kind
from newsletter.delivery.sentences import OURS

K = Kind
PUBLISHED: list[tuple[str, str, Kind]] = [
    # Gmail
    ("google", "450 4.2.1 The user you are trying to contact is receiving email too quickly.", K.TEMPORARY),
    ("google", "452 4.2.2 The recipient's inbox is out of storage space.", K.FULL),
    ("google", "451 4.3.0 Email server has temporarily rejected this message.", K.TEMPORARY),
    ("google", "421 4.3.0 Temporary System Problem. Try again later.", K.TEMPORARY),
    ("google", "421 4.4.5 Server busy, try again later.", K.TEMPORARY),
    ("google", "421 4.7.0 Connection expired, try reconnecting.", K.TEMPORARY),
    ("google", "421 4.7.0 IP not in whitelist for RCPT domain, closing connection.", K.RECIPIENT_POLICY),
    ("google", "421 4.7.0 Try again later, closing connection.", K.RATE),
    ("google", "421 4.7.0 The IP address sending this message does not have a PTR record", K.OUR_FAULT),
    ("google", "421 4.7.0 TLS required for RCPT domain, closing connection.", K.OUR_FAULT),
    ("google", "421 4.7.0 This message is suspicious due to the very low reputation of the domain.", K.RATE),
    ("google", "451 4.7.23 The sending IP address for this message doesn't have a PTR record", K.OUR_FAULT),
    ("google", "451 4.7.24 The SPF record of the sending domain has suspicious entries.", K.OUR_FAULT),
    ("google", "451 4.7.26 Unauthenticated email, but temporary DNS failures prevent authentication.", K.TEMPORARY),
    ("google", "421 4.7.26 This email has been rate limited because it is unauthenticated.", K.OUR_FAULT),
    ("google", "421 4.7.27 Your email has been rate limited because SPF didn't pass.", K.OUR_FAULT),
    ("google", "421 4.7.28 Gmail has detected an unusual rate of email.", K.RATE),
    ("google", "421 4.7.29 Your email has been rate limited: not using TLS.", K.OUR_FAULT),
    ("google", "421 4.7.30 Your email has been rate limited because DKIM didn't pass.", K.OUR_FAULT),
    ("google", "421 4.7.31 no DMARC record", K.OUR_FAULT),
    ("google", "421 4.7.32 From: header isn't aligned", K.OUR_FAULT),
    ("google", "421 4.7.40 no DMARC policy", K.OUR_FAULT),
    ("google", "421 5.7.32 Your email was blocked because the From: header isn't aligned", K.OUR_FAULT),
    ("google", "550 5.1.1 The email account that you tried to reach does not exist.", K.HARD),
    ("google", "553 5.1.2 We weren't able to find the recipient domain.", K.BAD_DOMAIN),
    ("google", "553 5.1.3 The recipient address is not a valid RFC 5321 address.", K.REFUSED),
    ("google", "553 5.1.7 The sender address is not a valid RFC 5321 address.", K.OUR_FAULT),
    ("google", "550 5.2.1 The email account that you tried to reach is inactive.", K.INACTIVE),
    ("google", "550 5.2.1 The user is receiving email at a rate that prevents additional messages", K.REFUSED),
    ("google", "552 5.2.2 The recipient's inbox is out of storage space and inactive.", K.FULL),
    ("google", "552 5.3.4 Your message exceeded Google's message size limits.", K.TOO_LARGE),
    ("google", "550 5.4.5 Daily user sending limit exceeded.", K.RATE),
    ("google", "554 5.4.6 Message exceeded 50 hops, this may indicate an email loop.", K.REFUSED),
    ("google", "503 5.5.1 Bad sequence of commands.", K.REFUSED),
    ("google", "554 5.6.0 Email message is malformed. Not accepted.", K.UNREADABLE),
    ("google", "552 5.7.0 This message was blocked because its content presents a potential issue.", K.POLICY),
    ("google", "550 5.7.0 Email relay denied", K.OUR_FAULT),
    ("google", "530 5.7.0 Authentication required.", K.OUR_FAULT),
    ("google", "550 5.7.1 The user or domain has a policy that prohibits the email that you sent.", K.RECIPIENT_POLICY),
    ("google", "550 5.7.1 This message violates example.com email policy. - gcdp x - gsmtp", K.RECIPIENT_POLICY),
    ("google", "550 5.7.1 This message is likely unsolicited email.", K.POLICY),
    ("google", "550 5.7.1 This message is not RFC 5322 compliant because it has duplicate headers.", K.OUR_FAULT),
    ("google", "550 5.7.1 The IP you're using is not authorized to send email directly to our servers.", K.OUR_FAULT),
    ("google", "550 5.7.1 This email has been rate limited.", K.RATE),
    ("google", "550 5.7.25 the sending IP address doesn't have a PTR record", K.OUR_FAULT),
    ("google", "550 5.7.26 This email has been blocked because the sender is unauthenticated.", K.OUR_FAULT),
    ("google", "550 5.7.27 This message was blocked because it didn't pass SPF", K.OUR_FAULT),
    ("google", "550 5.7.28 There is an unusual rate of unsolicited email", K.RATE),
    ("google", "550 5.7.29 This message wasn't sent over a TLS connection.", K.OUR_FAULT),
    ("google", "550 5.7.30 This message didn't pass DKIM", K.OUR_FAULT),
    ("google", "550 5.7.40 the sending domain doesn't have a DMARC record", K.OUR_FAULT),
    ("google", "535 5.7.80 Username and Password not accepted.", K.OUR_FAULT),
    # Yahoo
    ("yahoo", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints", K.RATE),
    ("yahoo", "421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred", K.POLICY),
    ("yahoo", "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1", K.POLICY),
    ("yahoo", "421 Max message per connection reached, closing transmission channel", K.TEMPORARY),
    ("yahoo", "451 Resources temporarily unavailable. Please try again later [#4.16.1].", K.TEMPORARY),
    ("yahoo", "451 VS1-IP Excessive unknown recipients - possible Open Relay", K.RATE),
    ("yahoo", "554 delivery error: dd This user doesn't have a yahoo.com account", K.HARD),
    ("yahoo", "552 1 Requested mail action aborted, mailbox not found", K.HARD),
    ("yahoo", "554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30).", K.INACTIVE),
    ("yahoo", "554 5.7.9 Message not accepted for policy reasons.", K.POLICY),
    ("yahoo", "554 Message not allowed - [PH01] Email not accepted for policy reasons.", K.POLICY),
    ("yahoo", "550 unresolvable RFC.5321 from domain", K.OUR_FAULT),
    # Outlook.com, Exchange Online
    ("microsoft", "421 RP-001 The mail server IP has exceeded the rate limit allowed.", K.RATE),
    ("microsoft", "550 SC-001 Mail rejected by Outlook.com for policy reasons.", K.POLICY),
    ("microsoft", "550 DY-001 Mail rejected for policy reasons: dynamic addresses.", K.POLICY),
    ("microsoft", "550 5.7.1 part of their network is on our block list (S3150).", K.POLICY),
    (
        "microsoft",
        "550 5.7.515 Access denied, sending domain doesn't meet the required authentication level.",
        K.OUR_FAULT,
    ),
    ("microsoft", "550 5.7.509 Access denied, sending domain does not pass DMARC verification", K.OUR_FAULT),
    ("microsoft", "550 5.7.23 The message was rejected because of Sender Policy Framework violation", K.OUR_FAULT),
    ("microsoft", "550 5.7.511 Access denied, banned sender", K.POLICY),
    ("microsoft", "550 5.7.606 Access denied, banned sending IP", K.POLICY),
    ("microsoft", "550 5.7.708 Access denied, traffic not accepted from this IP", K.POLICY),
    ("microsoft", "451 4.7.500 Server busy. Please try again later from [192.0.2.1].", K.RATE),
    ("microsoft", "451 4.7.650 The mail server has been temporarily rate limited due to IP reputation.", K.RATE),
    ("microsoft", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", K.HARD),
    ("microsoft", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", K.HARD),
    ("microsoft", "550 5.4.1 Recipient address rejected: Access denied.", K.REFUSED),
    ("microsoft", "550 5.7.133 Sender not authenticated for group", K.RECIPIENT_POLICY),
    ("microsoft", "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", K.TEMPORARY),
    # others
    ("apple", "421 [HCM1] Your mail from 192.0.2.1 was deferred.", K.RATE),
    ("apple", "550 5.7.1 Your email was rejected due to having a domain present in the Spamhaus DBL", K.POLICY),
    ("unitedinternet", "550 Requested action not taken: mailbox unavailable", K.HARD),
    ("unitedinternet", "554 Transaction failed Reject due to policy restrictions.", K.POLICY),
    ("orange", "421 Trop de connexions, veuillez verifier votre configuration.", K.RATE),
    ("orange", "550 Service refuse. Veuillez essayer plus tard.", K.POLICY),
    ("wp", "554 We can't accept this message because it is spam", K.POLICY),
    # IANA and the words of common servers
    ("", "550 5.1.1 user unknown", K.HARD),
    ("", "556 5.1.10 Recipient address has null MX", K.BAD_DOMAIN),
    ("", "550 5.1.10 null MX", K.BAD_DOMAIN),
    ("", "550 No such user here", K.HARD),
    ("", "550 Utilisateur inconnu", K.HARD),
    ("", "552 Mailbox full", K.FULL),
    ("", "552 Requested mail action aborted: exceeded storage allocation", K.FULL),
    ("", "552 message too big", K.TOO_LARGE),
    ("", "451 4.7.1 Greylisted, please try again in 300 seconds", K.GREYLISTED),
    ("", "450 4.2.0 Recipient address rejected: Greylisted", K.GREYLISTED),
    ("", "450 4.1.1 unverified address: address lookup failed", K.TEMPORARY),
    ("", "452 4.3.1 Insufficient system storage", K.TEMPORARY),
    ("", "421 Too many connections from your address", K.RATE),
    ("", "421 4.7.0 not today", K.RATE),
    ("", "554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org", K.POLICY),
    ("", "554 5.7.1 Relay access denied", K.OUR_FAULT),
    ("", "550 5.7.1 refused", K.POLICY),
    ("", "550 5.6.7 no SMTPUTF8", K.UNREADABLE),
    ("", "550 Requested action not taken: mailbox unavailable", K.REFUSED),
    ("", "554 Transaction failed", K.REFUSED),
    ("", "599 what nobody ever said", K.REFUSED),
    ("", "451 local error", K.TEMPORARY),
]


def read(line: str) -> Reply:
    reader = ReplyReader()
    reader.feed(f"{line}\r\n".encode())
    found = reader.next_reply()
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("provider", "line", "kind"), PUBLISHED, ids=[f"{who}-{line[:48]}" for who, line, _kind in PUBLISHED]
)
def test_what_is_published_is_understood(provider: str, line: str, kind: Kind) -> None:
    verdict = classify(reply=read(line), provider=provider)
    assert verdict.kind == kind
    assert verdict.state == (DeliveryState.DEFERRED if line[0] == "4" else DeliveryState.FAILED)
    assert verdict.sentence in OURS


def test_what_was_taken_needs_no_words() -> None:
    verdict = classify(reply=Reply(250, "2.0.0", "Ok"), provider="google")
    assert (verdict.kind, verdict.state, verdict.sentence, verdict.pause) == (K.ACCEPTED, DeliveryState.SENT, "", None)


def test_no_answer_at_all_is_tried_again() -> None:
    assert classify(reply=Reply(0, "", ""), provider="").state == DeliveryState.DEFERRED


def test_only_a_wrong_address_may_ever_be_suppressed_s15() -> None:
    hard = {kind for provider, line, kind in PUBLISHED if classify(reply=read(line), provider=provider).is_hard}
    assert hard == {K.HARD, K.BAD_DOMAIN}


def test_our_own_fault_raises_the_alarm_and_stops_the_provider_for_an_hour() -> None:
    verdict = classify(reply=read("550 5.7.26 unauthenticated"), provider="google")
    assert verdict.alarm
    assert verdict.pause == dt.timedelta(hours=1)
    assert not classify(reply=read("550 5.1.1 no"), provider="google").alarm


def test_too_much_stops_the_provider_at_once_and_one_readers_filter_does_not() -> None:
    rate = classify(reply=read("421 4.7.28 unusual rate"), provider="google")
    assert (rate.pause, rate.strikes, rate.closes) == (dt.timedelta(minutes=10), 1, True)
    assert classify(reply=read("550 5.7.1 refused"), provider="google").strikes == 5
    assert classify(reply=read("550 5.1.1 no"), provider="google").pause is None


def test_the_servers_words_name_nobody_x14() -> None:
    verdict = classify(reply=read("550 5.1.1 <ula@example.org>: no, ask postmaster@example.com"), provider="")
    assert verdict.words == "550 5.1.1 <an address>: no, ask <an address>"
    assert len(classify(reply=read("550 " + "x" * 400), provider="").words) <= 120


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.name for rule in TABLE}) == len(TABLE)


@given(st.integers(400, 599), st.text(max_size=200), st.sampled_from(["", "google", "yahoo", "microsoft", "orange"]))
def test_any_refusal_has_a_verdict_that_fits_its_code(code: int, text: str, provider: str) -> None:
    verdict = classify(reply=Reply(code, "", text), provider=provider)
    assert verdict.state == (DeliveryState.DEFERRED if code < 500 else DeliveryState.FAILED)
