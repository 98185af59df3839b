"""delivery.authenticating: the test vectors of the RFCs, and servers that ask for what has no answer."""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery import sentences
from newsletter.delivery.authenticating import ChallengeError, Login, exchange, to_try

if TYPE_CHECKING:
    from newsletter.delivery.authenticating import Exchange, Turn

ULA = Login("ula@example.org", "hunter2")
TOKEN = Login("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", True, "server.example.com", 143)
"""As in Google's description of XOAUTH2 and in RFC 7628 4.1."""


def challenge(words: str) -> bytes:
    return base64.b64encode(words.encode())


def turns(talk: Exchange, *challenges: bytes) -> list[Turn]:
    return [next(talk), *(talk.send(each) for each in challenges)]


def said(talk: Exchange, *challenges: bytes) -> list[str]:
    return [(turn.data or b"").decode() for turn in turns(talk, *challenges)]


# ── the strongest first (S7) ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("offered", "tried"),
    [
        ("PLAIN LOGIN", ["PLAIN", "LOGIN"]),
        ("LOGIN PLAIN CRAM-MD5", ["CRAM-MD5", "PLAIN", "LOGIN"]),
        ("PLAIN SCRAM-SHA-1 SCRAM-SHA-256 CRAM-MD5", ["SCRAM-SHA-256", "PLAIN"]),
        ("GSSAPI NTLM SCRAM-SHA-1", ["SCRAM-SHA-1"]),
        ("SCRAM-SHA-256-PLUS DIGEST-MD5", []),
        ("XOAUTH2 OAUTHBEARER", []),
        ("", []),
    ],
)
def test_a_password_goes_by_the_strongest_way_and_then_by_one_that_always_works(offered: str, tried: list[str]) -> None:
    assert to_try(offered=tuple(offered.split()), is_token=False) == tried


def test_a_token_goes_by_the_two_ways_for_tokens() -> None:
    offered = ("PLAIN", "XOAUTH2", "OAUTHBEARER")
    assert to_try(offered=offered, is_token=True) == ["OAUTHBEARER", "XOAUTH2"]
    assert to_try(offered=("PLAIN", "LOGIN"), is_token=True) == []


def test_the_way_somebody_chose_is_the_only_one() -> None:
    assert to_try(offered=("PLAIN", "LOGIN"), is_token=False, wanted="LOGIN") == ["LOGIN"]
    assert to_try(offered=("PLAIN",), is_token=False, wanted="LOGIN") == []


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_plain_says_all_at_once_rfc_4616() -> None:
    assert turns(exchange(mechanism="PLAIN", login=ULA)) == [(b"\0ula@example.org\0hunter2", True)]


def test_login_answers_whatever_it_is_asked() -> None:
    assert said(exchange(mechanism="LOGIN", login=ULA), b"Username:", b"\xff") == ["", "ula@example.org", "hunter2"]


def test_cram_md5_rfc_2195() -> None:
    talk = exchange(mechanism="CRAM-MD5", login=Login("tim", "tanstaaftanstaaf"))
    asked = b"PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"
    assert said(talk, asked) == ["", "tim b913a602c7eda7a495b4e6e7334d3890"]


def test_xoauth2_answers_its_error_with_nothing() -> None:
    bearer = "user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1"
    assert said(exchange(mechanism="XOAUTH2", login=TOKEN), b"eyJzdGF0dXMiOiI0MDEifQ==") == [bearer, ""]


def test_oauthbearer_rfc_7628() -> None:
    token = Login("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", True, "server.example.com", 143)
    talk = exchange(mechanism="OAUTHBEARER", login=token)
    first = "n,a=user@example.com,\1host=server.example.com\1port=143\1auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"
    assert said(talk, b"eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=") == [first, "\1"]
    nowhere = Login("a,b=c", "x", is_token=True)
    assert said(exchange(mechanism="OAUTHBEARER", login=nowhere)) == ["n,a=a=2Cb=3Dc,\1auth=Bearer x\1\1"]


SHA_1 = (
    "fyko+d2lbbFgONRv9qkxdawL",
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
)
SHA_256 = (
    "rOprNGfwEbeRWgbNEkqO",
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
)


@pytest.mark.parametrize(
    ("mechanism", "vector"), [("SCRAM-SHA-1", SHA_1), ("SCRAM-SHA-256", SHA_256)], ids=["rfc-5802", "rfc-7677"]
)
def test_scram_proves_the_password_without_saying_it(mechanism: str, vector: tuple[str, ...]) -> None:
    nonce, first, asked, last, proved = vector
    talk = exchange(mechanism=mechanism, login=Login("user", "pencil"), nonce=nonce)
    spoken = turns(talk, challenge(asked), challenge(proved))
    assert spoken == [(first.encode(), False), (last.encode(), False), (b"", True)]


def test_scram_lets_no_server_in_that_does_not_know_the_password() -> None:
    nonce, _, asked, _, _ = SHA_256
    for proved in (SHA_1[4], "e=other-error", ""):
        talk = exchange(mechanism="SCRAM-SHA-256", login=Login("user", "pencil"), nonce=nonce)
        with pytest.raises(ChallengeError, match=sentences.UNPROVEN):
            turns(talk, challenge(asked), challenge(proved))


@pytest.mark.parametrize(
    "asked",
    [
        "r=mine,s=QSXCR+Q6sek8bf92,i=4096",
        "r=other+theirs,s=QSXCR+Q6sek8bf92,i=4096",
        "r=mine+theirs,s=QSXCR+Q6sek8bf92,i=0",
        "r=mine+theirs,s=QSXCR+Q6sek8bf92,i=99999999",
        "r=mine+theirs,s=QSXCR+Q6sek8bf92,i=" + "9" * 5000,
        "r=mine+theirs,s=QSXCR+Q6sek8bf92",
        "r=mine+theirs,s=???,i=4096",
        "m=x,r=mine+theirs,s=QSXCR+Q6sek8bf92,i=4096",
        "",
        "=,=,=",
    ],
)
def test_a_server_that_asks_for_what_has_no_answer_gets_none(asked: str) -> None:
    talk = exchange(mechanism="SCRAM-SHA-256", login=Login("user", "pencil"), nonce="mine")
    with pytest.raises(ChallengeError, match=r"cannot be answered"):
        turns(talk, challenge(asked))


@pytest.mark.parametrize("mechanism", ["CRAM-MD5", "SCRAM-SHA-256"])
def test_a_challenge_that_is_no_base64_gets_none(mechanism: str) -> None:
    with pytest.raises(ChallengeError):
        turns(exchange(mechanism=mechanism, login=ULA), b"in plain words")


def test_names_and_passwords_mean_the_same_however_they_were_typed_rfc_4013() -> None:
    typed = [Login("U\u00adser", "I\u00a0X"), Login("Ｕser", "I X"), Login("User", "I X")]
    nonce, asked = "mine", challenge("r=mine+theirs,s=QSXCR+Q6sek8bf92,i=1")
    spoken = [said(exchange(mechanism="SCRAM-SHA-256", login=each, nonce=nonce), asked) for each in typed]
    assert all(one == other for one, other in pairwise(spoken))


def test_every_exchange_has_a_nonce_of_its_own() -> None:
    firsts = {said(exchange(mechanism="SCRAM-SHA-256", login=ULA))[0] for _ in range(50)}
    assert len(firsts) == 50


def test_a_login_never_shows_its_secret() -> None:
    assert "hunter2" not in repr(ULA)
