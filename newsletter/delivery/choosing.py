"""Which of the configured mail servers may carry a newsletter's mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.lib.servers import ServerUrlError, parse_all

if TYPE_CHECKING:
    from newsletter.editions.models import Newsletter
    from newsletter.lib.servers import Server


def configured() -> list[Server]:
    """The servers of SMTP_URL in their order, or the catcher of the trial.

    Raises:
        ServerUrlError: SMTP_URL is wrong; `manage.py check` says so before anything starts.
    """
    return parse_all(settings.SMTP_SERVERS)


def readable() -> list[Server]:
    """As `configured`, and none where SMTP_URL is wrong: for forms, which explain other things."""
    try:
        return configured()
    except ServerUrlError:
        return []


def servers_for(*, newsletter: Newsletter) -> list[Server]:
    """The servers that may carry `newsletter`'s mail: all of them, or those it names.

    Empty where those it names are no longer configured: its mail waits, and never goes by another way than was chosen.

    Raises:
        ServerUrlError: as `configured`.
    """
    servers = configured()
    if not newsletter.servers:
        return servers
    return [server for server in servers if server.name in newsletter.servers]
