"""Mail servers that do not take letters."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class NobodyThere(BaseEmailBackend):
    """No server answers."""

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError


class RefusesForGood(BaseEmailBackend):
    """The server knows no such person."""

    def send_messages(self, _messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"no such user")})
