"""A public web of our own, feeds that point into it, and the clock of the tests."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from campaigns.content.models import Source
from campaigns.feeds import connecting
from campaigns.feeds.models import Feed
from tests.peers import certificates, web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.peers.certificates import Certificate

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Of feeds.example.org, signed by an authority of our own."""
    return certificates.make(tmp_path_factory.mktemp("authority"), name="feeds.example.org")


@pytest.fixture
def internet(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[web.Web]:
    """The web; whoever fetches without saying through which network, doors and tasks, comes here too."""
    with web.running(certificate) as running:
        monkeypatch.setattr(connecting, "PUBLIC", running.network())
        yield running


@pytest.fixture
def make_feed(db: None) -> Callable[..., Feed]:  # noqa: ARG001 (opens the database)
    """Makes a feed at https://feeds.example.org/<name>, due now."""

    def make(name: str = "news", **facts: object) -> Feed:
        source, _new = Source.objects.get_or_create(
            name="CERT Example", defaults={"website": "https://cert.example.org/", "licence": "CC BY 4.0"}
        )
        url = f"https://feeds.example.org/{name}"
        return Feed.objects.create(
            **{"name": name, "url": url, "source": source, "language": "en", "due_at": NOW, **facts}
        )

    return make
