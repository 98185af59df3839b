"""/check/: "did you send me this?" An edition's code from a mail, typed in as people type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Value
from django.db.models.functions import Replace, Upper
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from newsletter.composition.web import public_subject
from newsletter.editions.models import Edition
from newsletter.pages.reading import as_mailed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from newsletter.composition.message import Message

LONGEST = 60
"""Characters of a pasted code that are looked at."""


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The question; with `?code=`, the answer. Asking changes nothing."""
    typed = request.GET.get("code", "").replace("\0", "").strip()[:LONGEST]
    found = _sent_with(typed) if typed else None
    message = _words_of(found) if found else None
    context = {
        "typed": typed,
        "edition": found,
        "message": message,
        "subject": public_subject(message=message) if message else "",
        "is_public": bool(found and message and _can_be_read(found, message)),
    }
    return render(request, "pages/check.html", context)


def _sent_with(typed: str) -> Edition | None:
    """The edition whose code is meant: capitals, spaces and dashes do not matter."""
    bare = "".join(letter for letter in typed.upper() if letter.isalnum())
    published = Edition.objects.published(now=timezone.now())
    codes = published.alias(bare=Upper(Replace("code", Value("-"), Value(""))))
    return codes.filter(bare=bare).first() if bare else None


def _words_of(found: Edition) -> Message | None:
    return as_mailed(found) or found.messages.order_by("pk").last()


def _can_be_read(found: Edition, message: Message) -> bool:
    is_public = Edition.objects.public(now=timezone.now()).filter(pk=found.pk).exists()
    return is_public and message.language == get_language()
