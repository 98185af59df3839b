"""`manage.py mail_servers`: lists the mail servers of SMTP_URL, and tries them out."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from newsletter.delivery import choosing, examining
from newsletter.lib.servers import ServerUrlError

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from newsletter.delivery.examining import Step
    from newsletter.lib.servers import Server

SHOWN = (
    "name",
    "kind",
    "host",
    "port",
    "path",
    "tls",
    "weight",
    "connections",
    "per_second",
    "per_hour",
    "per_day",
    "mails",
)
MARKS = {"good": "ok ", "notice": "!  ", "bad": "NO "}


class Command(BaseCommand):
    """Thin door to newsletter.delivery.examining."""

    help = "List the mail servers of SMTP_URL; --test tries each one out without sending a mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read --test and --json."""
        parser.add_argument("--test", action="store_true", help="try each one out; no mail is sent")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, **options: Any) -> None:
        """List, try where asked, and fail where one does not work."""
        try:
            servers = choosing.configured()
        except ServerUrlError as error:
            raise CommandError(str(error)) from error
        with translation.override("en"):  # as every command speaks
            tried = {server.name: _steps(server) if options["test"] else [] for server in servers}
        said = _as_json if options["json"] else _as_sentences
        self.stdout.write(said(servers, tried))
        if any(step.verdict == "bad" for steps in tried.values() for step in steps):
            raise CommandError("Not every mail server works; see above.")


def _steps(server: Server) -> list[Step]:
    return examining.examine(server=server, now=timezone.now(), **examining.envelope())


def _as_json(servers: list[Server], tried: dict[str, list[Step]]) -> str:
    each = [
        {name: getattr(server, name) for name in SHOWN} | {"steps": [dataclasses.asdict(s) for s in tried[server.name]]}
        for server in servers
    ]
    return json.dumps({"servers": each})


def _as_sentences(servers: list[Server], tried: dict[str, list[Step]]) -> str:
    lines: list[str] = []
    for server in servers:
        place = server.path or f"{server.host}:{server.port}"
        lines.append(f"{server.name}: {place}, weight {server.weight}{_limits(server)}")
        lines += [f"  {MARKS[step.verdict]} {step.sentence}" for step in tried[server.name]]
    return "\n".join(lines) or "No mail server is set. Put its address into SMTP_URL."


def _limits(server: Server) -> str:
    named = {"a second": server.per_second, "an hour": server.per_hour, "a day": server.per_day}
    return "".join(f", {number} {words}" for words, number in named.items() if number)
