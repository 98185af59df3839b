"""Finds out before anything starts whether its port is free, and says which setting moves it."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from django.conf import settings

from newsletter.running.programs import HOST


class PortError(Exception):
    """A port that cannot be had; the text is a sentence that says what to do."""


def demand_free(*, port: int) -> None:
    """Pass when the site's `port` and those of our own Redis and mail catcher are free.

    Raises:
        PortError: for the first one that is not.
    """
    with ExitStack() as held:  # each stays bound until the last was asked for: two of ours cannot have the same one
        _demand_all(port, held)


def _demand_all(port: int, held: ExitStack) -> None:
    _demand(
        held,
        port,
        "the site",
        f"Choose another one: manage.py up --port {_other(port)} (or make demo PORT={_other(port)}).",
    )
    if settings.EMBEDDED_REDIS:
        taken = settings.EMBEDDED_REDIS_PORT
        _demand(
            held, taken, "our Redis", f"Set EMBEDDED_REDIS_PORT={_other(taken)}, or REDIS_URL to a Redis of your own."
        )
    if settings.CATCHING_MAIL:
        taken = settings.CATCHER_PORT
        _demand(
            held, taken, "the mail catcher", f"Set CATCHER_PORT={_other(taken)}, or SMTP_URL to a real mail server."
        )


def _demand(held: ExitStack, port: int, who: str, remedy: str) -> None:
    probe = held.enter_context(socket.socket())
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((HOST, port))
        probe.listen(0)  # without it, Linux lets two of SO_REUSEADDR have the same one
    except PermissionError as error:
        raise PortError(f"Port {port} for {who} needs an administrator's rights. {remedy}") from error
    except (OSError, OverflowError) as error:
        raise PortError(f"Port {port} is taken, and {who} needs it. {remedy}") from error


def _other(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 8001  # noqa: PLR2004 (the first port for everybody, the last there is)
