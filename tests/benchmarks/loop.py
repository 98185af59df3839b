"""The plain Django loop: one open connection, one EmailMultiAlternatives per reader, nothing recorded anywhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from newsletter.audience.models import Subscriber
from newsletter.composition.merging import MergeField, filled

if TYPE_CHECKING:
    from newsletter.composition.message import Message

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def messages_per_second(message: Message, *, port: int, number: int) -> float:
    """How fast it mails `message` to `number` readers."""
    readers = Subscriber.objects.filter(address__startswith="reader").order_by("id")
    people = list(readers.values_list("address", "first_name")[:number])
    started = time.perf_counter()
    with get_connection(BACKEND, host="127.0.0.1", port=port, use_tls=False, use_ssl=False) as opened:
        for address, first_name in people:
            _mail(message, address, first_name, opened).send()
    return number / (time.perf_counter() - started)


def _mail(message: Message, address: str, first_name: str, opened: Any) -> EmailMultiAlternatives:
    link = f"{settings.SITE_URL}/u/{'x' * 48}"
    values = {MergeField.FIRST_NAME: first_name, MergeField.UNSUBSCRIBE_URL: link, MergeField.PREFERENCES_URL: link}
    subject, text, html = (
        filled(part, lambda slot: values[slot.field]) for part in (message.subject, message.text, message.html)
    )
    headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(subject, text, "wici@example.org", [address], connection=opened, headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail
