"""Who published an article: found by the page's address, or newly named."""

from __future__ import annotations

from urllib.parse import urlsplit

from campaigns.content.models import Source


def known_source(page: str) -> Source | None:
    """The source whose website has the host of `page`, or a parent of it; None where no one's has."""
    host = _host(page)
    named = {_host(source.website): source for source in Source.objects.all()} if host else {}
    parents = [".".join(host.split(".")[n:]) for n in range(max(host.count("."), 1))]
    return next((named[parent] for parent in parents if parent in named), None)


def source_named(name: str, *, page: str) -> Source:
    """The source called `name`; a new one has the host of `page` as its website."""
    parts = urlsplit(page)
    found = Source.objects.filter(name__iexact=name).first()
    return found or Source.objects.create(name=name, website=f"{parts.scheme}://{parts.netloc}/")


def _host(page: str) -> str:
    try:
        return (urlsplit(page).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
