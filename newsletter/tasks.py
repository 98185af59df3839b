"""All background work on one page. A task is a nudge: it looks at rows, acts, and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsletter.audience import corresponding


@shared_task
def send_letters() -> None:
    """Nudge every letter to a reader that is due. Doors call it after a sign-up, the sweep calls it anyway."""
    for subscription_id in corresponding.letters_due(now=timezone.now(), limit=200):
        send_confirmation.apply_async(kwargs={"subscription_id": subscription_id}, expires=30)


@shared_task
def send_confirmation(subscription_id: int) -> None:
    """Send the letter that is due about this subscription."""
    corresponding.send_confirmation(subscription_id=subscription_id, now=timezone.now())


@shared_task
def send_my_link(address: str, language: str) -> None:
    """Mail the preferences link, if the address is one we write to."""
    corresponding.send_my_link(address=address, language=language, now=timezone.now())
