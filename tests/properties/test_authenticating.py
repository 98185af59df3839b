"""delivery.authenticating under any name and password: a server that knows the password understands, any other does not."""

from __future__ import annotations

import base64
import hashlib
import hmac

from hypothesis import assume, given
from hypothesis import strategies as st

from newsletter.delivery.authenticating import ChallengeError, Login, exchange
from tests.peers.sasl import Scram

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\1"), min_size=1, max_size=30)
SIMPLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
DIGESTS = st.sampled_from(["sha1", "sha256"])


@given(WORDS, WORDS)
def test_plain_is_cut_where_it_was_joined(name: str, password: str) -> None:
    data = next(exchange(mechanism="PLAIN", login=Login(name, password))).data
    assert data is not None
    assert data.decode().split("\0") == ["", name, password]


@given(SIMPLE, st.binary(max_size=40))
def test_cram_md5_names_the_user_and_32_digits(password: str, asked: bytes) -> None:
    talk = exchange(mechanism="CRAM-MD5", login=Login("two words", password))
    next(talk)
    data = talk.send(base64.b64encode(asked)).data
    assert data == b"two words " + hmac.new(password.encode(), asked, hashlib.md5).hexdigest().encode()


@given(SIMPLE, SIMPLE, SIMPLE, DIGESTS, st.binary(max_size=20))
def test_scram_agrees_with_a_server_of_our_own_and_with_no_other(
    name: str, password: str, other: str, digest: str, salt: bytes
) -> None:
    assert _succeeds(name, password, password, digest, salt)
    assume(password != other)
    assert not _succeeds(name, password, other, digest, salt)


def _succeeds(name: str, ours: str, theirs: str, digest: str, salt: bytes) -> bool:
    """One exchange with a server that keeps `theirs` as RFC 5802 3 says; whether both sides are content."""
    talk = exchange(mechanism=f"SCRAM-SHA-{digest[3:]}", login=Login(name, ours))
    server = Scram(theirs, digest=digest, salt=salt)
    asked = server.asked(next(talk).data or b"")
    assert server.name == name
    proved = server.proved(talk.send(base64.b64encode(asked)).data or b"")
    try:
        return proved is not None and talk.send(base64.b64encode(proved)).may_end
    except ChallengeError:
        return False
