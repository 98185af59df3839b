"""What we know of mail services: which take many whole messages in one request, and what they may take for a command.

Only services whose request is a list of whole messages get several at once: every copy in it is complete and ours, so that no
placeholder of theirs is needed and no reader's data stands in another one's copy. The others fill placeholders into one text
of all readers, in a syntax an editor may type too (Mailgun, SparkPost, Brevo, Mandrill, Unisender Go, MailerSend), or know no
such request (Scaleway, Postal, Amazon SES without a stored template): they get one message at a time (docs/sending.md).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from anymail.exceptions import AnymailRequestsAPIError
from anymail.message import AnymailRecipientStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMAND = re.compile(
    r"\{(?=[{%$])|\[(?=\[)|\*(?=\|)|<(?=%)|%(?=recipient|unsubscribe|mailing_list|tag_unsubscribe)", re.IGNORECASE
)
"""The first sign of whatever one of the services fills in or obeys, asked or unasked: {{…}}, {%…%}, {$…}, [[…]], *|…|*,
<%…%>, %recipient…%. None of it can stand in a well-formed URL."""


class Entry(NamedTuple):
    """What a service said about one message of several."""

    status: str
    """One of anymail's words: sent, queued, rejected, invalid, failed."""
    message_id: str | None = None
    """The service's own."""
    words: str = ""
    """Why not."""


@dataclass(frozen=True, slots=True)
class Courier:
    """A service that takes several whole messages in one request."""

    most: int
    """So many at once. No more than a hundred anywhere: that is what an answer that never comes leaves unknown."""
    request: Callable[[list[Any]], Any]
    """From the data of single messages, as anymail writes them, to that of one request."""
    entries: Callable[[Any], list[Entry]]
    """From the answer's JSON to an entry per message, in the request's order."""


def in_html(html: str) -> str:
    """`html` as no service can take it for a command; it shows the same."""
    return COMMAND.sub(lambda found: f"&#{ord(found[0])};", html)


def in_text(text: str) -> str:
    """`text` as no service can take it for a command: with a space inside what would begin one."""
    return COMMAND.sub(lambda found: f"{found[0]} ", text)


def of(backend: type) -> Courier | None:
    """How `backend` takes several messages at once; None where it does not."""
    name = f"{backend.__module__}.{backend.__qualname__}"
    return COURIERS.get(name.removeprefix("anymail.backends.").removesuffix(".EmailBackend"))


@functools.cache
def joining(backend: type) -> type:
    """`backend` so that it takes a message with `copies` as that many whole messages in one request."""
    return type("EmailBackend", (_Joining, backend), {"esp_name": getattr(backend, "esp_name", ""), "plain": backend})


class _Joining:
    """Builds a payload per copy with the backend's own means, and sends them as one."""

    plain: type

    def build_message_payload(self, message: Any, defaults: Any) -> Any:
        whole = super().build_message_payload(message, defaults)  # type: ignore[misc]  # mixed into a backend
        if copies := getattr(message, "copies", None):
            singles = [super(_Joining, self).build_message_payload(copy, defaults).data for copy in copies]  # type: ignore[misc]  # as above
            whole.serialize_data = lambda: whole.serialize_json(_courier(self.plain).request(singles))
        return whole

    def parse_recipient_status(self, response: Any, payload: Any, message: Any) -> dict[str, AnymailRecipientStatus]:
        copies: Sequence[Any] | None = getattr(message, "copies", None)
        if not copies:
            return super().parse_recipient_status(response, payload, message)  # type: ignore[misc,no-any-return]  # as above
        try:
            entries = _courier(self.plain).entries(response.json())
            pairs = list(zip(copies, entries, strict=True))
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # who was taken, nobody can tell
            raise AnymailRequestsAPIError(email_message=message, response=response, backend=self) from error
        message.words = {copy.to[0]: entry.words for copy, entry in pairs}
        return {copy.to[0]: AnymailRecipientStatus(entry.message_id, entry.status) for copy, entry in pairs}


def _courier(backend: type) -> Courier:
    courier = of(backend)
    assert courier is not None  # noqa: S101 (only such backends are joined)
    return courier


# ── one by one ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _postmark(answer: Any) -> list[Entry]:
    """Answers one by one, always with 200: https://postmarkapp.com/developer/user-guide/send-email-with-api/batch-emails."""
    return [_postmark_entry(each.get("ErrorCode", 0), each["Message"], each.get("MessageID")) for each in answer]


def _postmark_entry(code: int, words: str, message_id: str | None) -> Entry:
    if code == 0:
        return Entry("sent", message_id)
    if code == 406:  # noqa: PLR2004 (it bounced or complained before)
        return Entry("rejected", None, words)
    about_reader = code == 300 and re.search(r"'To'", words)  # noqa: PLR2004 (something cannot be read)
    return Entry("invalid" if about_reader else "failed", None, words)


def _resend(answer: Any) -> list[Entry]:
    """Takes all or none."""
    return [Entry("queued", each["id"]) for each in answer["data"]]


def _mailtrap(answer: Any) -> list[Entry]:
    return [
        Entry("queued", each["message_ids"][0])
        if each["success"]
        else Entry("failed", None, "; ".join(map(str, each.get("errors", []))))
        for each in answer["responses"]
    ]


def _mailjet(answer: Any) -> list[Entry]:
    """Answers one by one, with a 4xx where one was not taken; the backend lets that through."""
    if "Messages" not in answer:
        raise LookupError
    return [
        Entry("sent", str(each["To"][0]["MessageID"]))
        if each["Status"] == "success"
        else Entry("failed", None, "; ".join(str(error.get("ErrorMessage", "")) for error in each.get("Errors", [])))
        for each in answer["Messages"]
    ]


COURIERS = {
    "postmark": Courier(100, lambda each: each, _postmark),
    "resend": Courier(100, lambda each: each, _resend),
    "mailtrap": Courier(100, lambda each: {"base": {"from": each[0]["from"]}, "requests": each}, _mailtrap),
    "mailjet": Courier(50, lambda each: {"Messages": [one["Globals"] | one["Messages"][0] for one in each]}, _mailjet),
}
"""By the module of anymail's backend."""
