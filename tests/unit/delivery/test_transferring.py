"""delivery.transferring: bytes in, events out; whatever the server says, everybody's message is accounted for."""

from __future__ import annotations

import pytest

from newsletter.delivery.offering import Offer
from newsletter.delivery.transferring import Conversation, Parcel, What

IN_TURN = Offer()
PIPELINED = Offer(pipelining=True)
CHUNKS = Offer(pipelining=True, chunking=True)
TEXT = b"Subject: Wici\r\n\r\nend\r\n"


def parcel(name: str = "ula", envelope_id: str = "") -> Parcel:
    return Parcel("wici@example.org", f"{name}@example.org", TEXT, envelope_id)


def begun(offer: Offer, *said: str) -> tuple[Conversation, Parcel, list[What]]:
    """A conversation in which one parcel was begun and the server has said these lines."""
    talk, one, events = Conversation(offer), parcel(), list[What]()
    talk.begin(one)
    for line in said:
        for event in talk.received(f"{line}\r\n".encode()):
            events.append(event.what)
            if event.what is What.READY:
                talk.hand_over(one)
        talk.outgoing()
    return talk, one, events


@pytest.mark.parametrize(
    ("offer", "said", "events", "left"),
    [
        (IN_TURN, [], [], [False]),
        (IN_TURN, ["250 ok"], [], [False]),
        (IN_TURN, ["250 ok", "250 ok"], [], [False]),
        (IN_TURN, ["250 ok", "250 ok", "354 go"], [What.READY, What.ANSWERED], []),
        (PIPELINED, [], [], [False]),
        (PIPELINED, ["250 ok", "250 ok"], [], [False]),
        (PIPELINED, ["250 ok", "550 no"], [What.REFUSED], []),
        (PIPELINED, ["250 ok", "550 no", "354 go"], [What.REFUSED], []),
        (PIPELINED, ["250 ok", "250 ok", "354 go"], [What.READY, What.ANSWERED], []),
        (CHUNKS, [], [], [False]),
        (CHUNKS, ["250 ok"], [], [False]),
        (CHUNKS, ["250 ok", "550 no"], [What.REFUSED], []),
        (CHUNKS, ["250 ok", "250 ok"], [What.ANSWERED], []),
    ],
)
def test_421_at_any_point_says_what_became_of_the_message_s9(
    offer: Offer, said: list[str], events: list[What], left: list[bool]
) -> None:
    talk, _, happened = begun(offer, *said, "421 4.3.2 going down")
    assert happened == events
    assert [may_be_taken for _, may_be_taken in talk.outstanding()] == left
    assert talk.ended is not None
    assert talk.ended.code == 421


def test_421_between_two_messages_and_to_the_envelope_behind_a_dot() -> None:
    talk, _, events = begun(PIPELINED, "250 ok", "250 ok", "354 go", "250 taken", "421 bye")
    assert (events, talk.outstanding()) == ([What.READY, What.ANSWERED], [])
    talk, one, two = Conversation(PIPELINED), parcel(), parcel("ola")
    talk.begin(one)
    talk.received(b"250 ok\r\n250 ok\r\n354 go\r\n")
    talk.hand_over(one, two)
    (event,) = talk.received(b"250 taken\r\n421 enough\r\n")
    assert (event.parcel, event.what, talk.outstanding()) == (one, What.ANSWERED, [(two, False)])


@pytest.mark.parametrize(
    ("offer", "said", "left"),
    [
        (PIPELINED, [], [False]),
        (PIPELINED, ["250 ok", "250 ok", "354 go"], [True]),
        (CHUNKS, [], [True]),
        (CHUNKS, ["250 ok", "250 ok"], [True]),
        (CHUNKS, ["250 ok", "550 no"], [False]),
    ],
)
def test_whoever_hangs_up_without_a_word_may_have_what_went_out_whole_s4(
    offer: Offer, said: list[str], left: list[bool]
) -> None:
    talk, _, _ = begun(offer, *said)
    assert [may_be_taken for _, may_be_taken in talk.outstanding()] == left


@pytest.mark.parametrize("code", [500, 501, 502, 503, 504])
def test_a_server_that_does_not_know_bdat_ends_the_conversation_and_refused_no_reader(code: int) -> None:
    talk, one, _ = begun(CHUNKS, "250 ok", "250 ok")
    (event,) = talk.received(f"{code} what?\r\n500 what?\r\n500 what?\r\n".encode())
    assert (event.parcel, event.stage, talk.outstanding()) == (one, "bdat", [])
    assert talk.ended is not None
    assert talk.received(b"500 what?\r\n") == []


def test_an_answer_that_fits_nowhere_leaves_what_was_answered_before_it_answered() -> None:
    talk, one, _ = begun(PIPELINED, "250 ok", "250 ok", "354 go")
    (event,) = talk.received(b"250 taken\r\n250 and again\r\n")
    assert (event.parcel, talk.outstanding(), talk.ended is None) == (one, [], False)
    talk, one, events = begun(PIPELINED, "250 ok", "250 ok", "250 yes, but not 354")
    assert (events, talk.outstanding(), talk.ended is None) == ([], [(one, False)], False)


@pytest.mark.parametrize("offer", [IN_TURN, PIPELINED, CHUNKS])
def test_replies_cut_at_every_place_say_the_same(offer: Offer) -> None:
    said = (
        b"250-2.1.0 "
        + b"x" * 700
        + b"\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n"
        + (b"" if offer.chunking else b"354 go\r\n")
    )
    for at in range(len(said) + 1):
        talk, one = Conversation(offer), parcel()
        talk.begin(one)
        events = talk.received(said[:at]) + talk.received(said[at:])
        if offer.chunking:
            assert (events, talk.stage) == ([], "dot")
        else:
            assert [event.what for event in events] == [What.READY]


def test_what_the_server_does_not_offer_is_not_said() -> None:
    assert Conversation(PIPELINED).begin(parcel(envelope_id="id")) == (
        b"MAIL FROM:<wici@example.org>\r\nRCPT TO:<ula@example.org>\r\nDATA\r\n"
    )
    everything = Offer(pipelining=True, size=1000, smtputf8=True, dsn=True)
    assert Conversation(everything).begin(parcel("żółw", envelope_id="id")).decode() == (
        f"MAIL FROM:<wici@example.org> SIZE={len(TEXT)} SMTPUTF8 RET=HDRS ENVID=id\r\n"
        "RCPT TO:<żółw@example.org> NOTIFY=FAILURE,DELAY\r\nDATA\r\n"
    )
