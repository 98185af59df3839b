"""Tries an e-mail backend out without sending a mail, and says in plain sentences how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import AnymailUnsupportedFeature
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from newsletter.delivery import answering, sentences
from newsletter.delivery.answering import What
from newsletter.delivery.carrying import backend_of

if TYPE_CHECKING:
    from newsletter.lib.servers import Server

NO_KEY = frozenset({401, 403, 407})
ELSEWHERE = frozenset({301, 302, 303, 307, 308, 404, 405, 410})
TOO_MANY = 429


class ProbeError(Exception):
    """It does not work; `stage` is where, and the words are a sentence for a person, in their language."""

    def __init__(self, stage: str, sentence: str) -> None:
        super().__init__(sentence)
        self.stage = stage
        self.sentence = sentence


def open_backend(server: Server) -> Any:
    """The backend of `server`, opened; whoever has it closes it.

    Raises:
        ProbeError: it is not there, not set up, or does not let us in.
    """
    try:
        backend = backend_of(server)(fail_silently=False)
    except ImportError as error:
        raise ProbeError("backend", _missing(server, error)) from error
    except Exception as error:
        raise ProbeError("setup", _why(error)) from error
    try:
        backend.open()
    except Exception as error:
        raise ProbeError("open", _why(error)) from error
    return backend


def asks_over_http(backend: Any) -> bool:
    """Whether it can be asked without sending a mail."""
    return isinstance(backend, AnymailRequestsBackend)


def ask(backend: Any, *, sender: str, seconds: float) -> str:
    """What the service says to a request without a message in it: nobody can be mailed by it, and the key is looked at.

    Raises:
        ProbeError: it cannot be reached, or does not let us in.
    """
    host = urlsplit(backend.api_url).netloc
    try:
        response = backend.session.request(**_empty_request(backend, sender), timeout=seconds, allow_redirects=False)
    except AnymailUnsupportedFeature as error:
        raise ProbeError("setup", _why(error)) from error
    except Exception as error:
        answer = answering.to_error(error, None, [None])[0]  # type: ignore[list-item]  # no copy was on the way
        facts = {"host": host, "reply": sentences.said(text=answer.reply.text).rstrip(".")}
        raise ProbeError("connect", _("%(host)s cannot be asked: %(reply)s. Check the network.") % facts) from error
    return _verdict(response.status_code, host)


def _empty_request(backend: Any, sender: str) -> dict[str, Any]:
    """Where and as whom a message would go, but without one."""
    payload = backend.build_message_payload(EmailMessage("Wici", "…", sender, [sender]), backend.send_defaults)
    asked: dict[str, Any] = payload.get_request_params(backend.api_url)
    is_json = isinstance(asked["data"], str)
    return asked | {"data": "{}" if is_json else {}, "files": None}


def _verdict(status: int, host: str) -> str:
    facts = {"host": host, "status": status}
    if status in NO_KEY:
        sentence = _(
            "%(host)s does not let us in (HTTP %(status)s): check the key that stands in an ANYMAIL_… setting."
        )
        raise ProbeError("auth", sentence % facts)
    if status in ELSEWHERE:
        sentence = _(
            "%(host)s knows no such place (HTTP %(status)s): check the address and names in ANYMAIL_… settings."
        )
        raise ProbeError("auth", sentence % facts)
    if status >= 500 or status == TOO_MANY:  # noqa: PLR2004 (a fault of theirs)
        raise ProbeError("auth", _("%(host)s has no time for us now (HTTP %(status)s). Try again later.") % facts)
    return _("%(host)s lets us in. No mail was sent.") % facts


def _missing(server: Server, error: ImportError) -> str:
    sentence = _(
        "There is no e-mail backend %(path)s (%(reason)s): check its name in SMTP_URL, and install its package."
    )
    return sentence % {"path": server.path, "reason": " ".join(str(error).split()).rstrip(".")}


def _why(error: Exception) -> str:
    answer = answering.to_opening(error)
    words = sentences.said(text=answer.reply.text).rstrip(".")
    if answer.what is What.AWAY:
        return _("The server behind it does not answer: %(reply)s. Check its address and the network.") % {
            "reply": words
        }
    return _("%(reply)s. Mend the settings and restart web and workers.") % {"reply": words}
