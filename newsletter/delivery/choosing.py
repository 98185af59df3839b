"""Which of the configured mail servers may carry a newsletter's mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.lib.servers import parse_all

if TYPE_CHECKING:
    from newsletter.lib.servers import Server


def configured() -> list[Server]:
    """The servers of SMTP_URL in their order, or the catcher of the trial.

    Raises:
        ServerUrlError: SMTP_URL is wrong; `manage.py check` says so before anything starts.
    """
    return parse_all(settings.SMTP_SERVERS)
