"""What machines and bare addresses ask for: `/`, health, robots.txt, the icon, uploaded pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.static import serve

from newsletter.lib.addresses import page_url

if TYPE_CHECKING:
    from django.http import HttpResponseBase

QUICK = 1.0
"""Seconds a health check waits for Redis."""
ROBOTS = """\
User-agent: *
Disallow: /admin/
Disallow: /inbox/
Disallow: /c/
Disallow: /u/
Disallow: /p/
Disallow: /k/
"""


@require_safe
def root(_request: HttpRequest) -> HttpResponse:
    """To the home page in the language the reader's device asks for."""
    return HttpResponseRedirect(reverse("home"))


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while the database and Redis answer, else 503 and which one does not."""
    parts = {"database": _database_answers(), "redis": _redis_answers()}
    failing = [name for name, answers in parts.items() if not answers]
    if failing:
        return JsonResponse({"status": "failing", "failing": failing}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """What crawlers need not fetch, and where the archive begins."""
    archives = "".join(f"# {page_url('archive', language=code)}\n" for code, _name in settings.LANGUAGES)
    return HttpResponse(ROBOTS + archives, content_type="text/plain; charset=utf-8")


@require_safe
def icon(_request: HttpRequest) -> HttpResponseBase:
    """The icon browsers ask for without being told."""
    file = finders.find("wici/icon.svg")
    if not isinstance(file, str):
        raise Http404
    return FileResponse(Path(file).open("rb"), content_type="image/svg+xml")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture of ours: re-encoded when it came in, never guessed at by the browser (X15)."""
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except OSError as error:  # a name longer than the disk knows, a file that may not be read
        raise Http404 from error
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=QUICK, socket_timeout=QUICK) as server:
            return bool(server.ping())
    except (redis.RedisError, OSError):
        return False
