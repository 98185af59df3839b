"""Makes of one reader's filled bytes a message that Django's e-mail backends take: nothing is rendered again.

Whoever sends the bytes themselves (SMTP, files, Amazon SES) gets exactly ours, signature and all. Whoever has an interface of
its own gets subject, both parts and headers as they stand in these bytes, without what the service writes itself, and without
anything it could take for a command of its own (X9).
"""

from __future__ import annotations

import functools
from email import message_from_bytes, policy
from email.message import Message
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMultiAlternatives

from newsletter.delivery import couriers

if TYPE_CHECKING:
    from collections.abc import Sequence

THEIRS = frozenset(
    {
        *("from", "to", "subject", "reply-to", "date"),
        *("mime-version", "content-type", "content-transfer-encoding", "dkim-signature"),
    }
)
"""Headers that a service writes itself, from what it is told or as it must; in lower case."""
UNASKED = ("track_clicks", "track_opens")
"""What a service is asked not to do: links stay ours, and nobody is watched (TR1)."""


class Sealed(Message):
    """The very bytes, to whoever asks for them."""

    sealed = b""

    def as_bytes(self, unixfrom: bool = False, *_args: Any, linesep: str = "\n", **_kwargs: Any) -> bytes:  # noqa: ARG002, FBT001, FBT002 (as Django calls it)
        """With the line ends asked for; ours are CRLF."""
        return self.sealed if linesep == "\r\n" else self.sealed.replace(b"\r\n", linesep.encode())


class Copy(EmailMultiAlternatives):
    """One reader's copy."""

    def __init__(self, filled: bytes, *, sender: str, recipient: str) -> None:
        """`filled` as `Compiled.fill` returns it; `sender` is for the envelope, `recipient` in wire form.

        Where the envelope's sender is not the author, Django's own way is to call it `from_email` and to have From among the
        headers; anymail understands that as well.
        """
        self.filled = filled
        read = message_from_bytes(filled)
        lines = [(name, _decoded(name, str(value))) for name, value in read.items()]
        known = {name.lower(): value for name, value in lines}
        text, html = (couriers.in_text(_content(part)) for part in _parts(read)[:1]), _content(_parts(read)[1])
        headers = {name: value for name, value in lines if name.lower() not in THEIRS}
        own = known["from"].rpartition("<")[2].removesuffix(">") == sender
        super().__init__(
            subject=couriers.in_text(known["subject"]),
            body=next(text),
            from_email=known["from"] if own else sender,
            to=[recipient],
            reply_to=[known["reply-to"]],
            headers=headers if own else headers | {"From": known["from"]},
            alternatives=[(couriers.in_html(html), "text/html")],
        )
        for wish in UNASKED:
            setattr(self, wish, False)

    def message(self, **_kwargs: Any) -> Any:
        """The bytes as they were filled."""
        sealed = message_from_bytes(self.filled, _class=Sealed)
        sealed.sealed = self.filled
        return sealed

    def without(self, wish: str) -> None:
        """Ask for one thing less, of a backend that does not know it."""
        if wish in UNASKED:
            self.__dict__.pop(wish, None)
        else:  # an envelope sender of our own
            self.from_email = self.extra_headers.pop("From", self.from_email)


class Bundle(EmailMultiAlternatives):
    """Several readers' copies for a service that takes them in one request; no two are to the same address."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        """What all have in common stands in the first."""
        first = copies[0]
        super().__init__(first.subject, first.body, first.from_email, [each.to[0] for each in copies])
        self.copies = copies
        self.merge_metadata: dict[str, dict[str, str]] = {}
        """Tells anymail to send to each by itself."""


def _parts(message: Message) -> list[Message]:
    """Text first, HTML last (F5)."""
    parts = message.get_payload()
    assert isinstance(parts, list)  # noqa: S101 (composition writes two)
    return parts  # type: ignore[return-value]  # the stubs allow strings among them


def _content(part: Message) -> str:
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)  # noqa: S101 (a part without parts)
    return octets.decode().replace("\r\n", "\n")


@functools.lru_cache(maxsize=1024)
def _decoded(name: str, value: str) -> str:
    """Unfolded, encoded words decoded. All but four headers are the same for every reader."""
    unfolded = value.replace("\r\n", "").replace("\n", "")
    return str(policy.default.header_factory(name, unfolded)) if "=?" in unfolded else unfolded.strip()
