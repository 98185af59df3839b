from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from campaigns.content.models import NewsItem
from newsletter.delivery.transport import kept
from newsletter.editions.models import Block, BlockKind, Edition, EditionState, Newsletter
from tests.environment import free_port
from tests.integration.admin.filled import filled
from tests.peers import smtp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("planted")]

ADD = "/admin/newsletter/edition/add/"
WORDS = {
    "subject_pl": "Silne hasło w minutę",
    "preheader_pl": "Cztery słowa wystarczą, by hasło było dobre.",
    "subject_en": "A strong password in a minute",
    "preheader_en": "Four words are enough for a good password.",
}


def block(number: int, kind: str, **fields: Any) -> dict[str, Any]:
    """The fields of one block in the formset."""
    empty = {"kind": kind, "position": number, "news_item": "", "campaign": "", "image": "", "url": ""}
    return {f"blocks-{number}-{name}": value for name, value in {**empty, **fields}.items()}


def edition_data(client: Client, *blocks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    newsletter = Newsletter.objects.get(slug="wici")
    facts = {"newsletter": newsletter.pk, "dated": "2026-12-01", "slug": "december", **WORDS, **changes}
    data = filled(client, ADD, **facts) | {"blocks-TOTAL_FORMS": len(blocks)}
    for each in blocks:
        data |= each
    return data


def change_url(edition: Edition) -> str:
    return reverse("admin:newsletter_edition_change", args=[edition.pk])


def desk_url(edition: Edition) -> str:
    return reverse("admin:edition_desk", args=[edition.pk])


def test_an_edition_is_built_from_blocks_with_words_in_each_language(chief: Client) -> None:
    item = NewsItem.objects.approved().order_by("pk")[0]
    data = edition_data(
        chief,
        block(0, "news_item", news_item=item.pk),
        block(
            1,
            "text",
            heading_pl="Od redakcji",
            body_pl="<p>Dzień dobry.</p>",
            heading_en="From us",
            body_en="<p>Hi.</p>",
        ),
        block(2, "button", url="example.org/more", label_pl="Czytaj poradnik", label_en="Read the guide"),
        block(3, "divider"),
    )
    page = chief.post(ADD, data)
    assert page.status_code == 302, (page.context["errors"], page.context["inline_admin_formsets"][0].formset.errors)
    edition = Edition.objects.get(slug="december")
    assert edition.code.startswith("WICI-")
    blocks = list(edition.blocks.order_by("position"))
    assert [each.kind for each in blocks] == ["news_item", "text", "button", "divider"]
    assert {text.language: text.heading for text in blocks[1].texts.all()} == {"pl": "Od redakcji", "en": "From us"}
    assert blocks[2].url == "https://example.org/more"


@pytest.mark.parametrize(
    ("kind", "field", "sentence"),
    [
        (BlockKind.NEWS_ITEM, "news_item", "Choose the news item that stands here."),
        (BlockKind.CAMPAIGN, "campaign", "Choose the campaign that stands here."),
        (BlockKind.IMAGE, "image", "Choose the image that stands here."),
        (BlockKind.BUTTON, "url", "Give the address the button leads to."),
    ],
)
def test_a_block_that_lacks_its_object_is_told_at_the_field(
    chief: Client, kind: str, field: str, sentence: str
) -> None:
    page = chief.post(ADD, edition_data(chief, block(0, kind)))
    assert page.status_code == 200
    assert page.context["inline_admin_formsets"][0].formset.errors == [{field: [sentence]}]
    assert not Edition.objects.filter(slug="december").exists()


def test_nonsense_in_a_block_is_told_and_never_breaks_the_page(chief: Client) -> None:
    page = chief.post(
        ADD, edition_data(chief, block(0, "sermon", news_item="none", position="first"), dated="tomorrow")
    )
    assert page.status_code == 200
    assert {"kind", "news_item", "position"} <= set(page.context["inline_admin_formsets"][0].formset.errors[0])


def test_blocks_are_reordered_and_removed(chief: Client) -> None:
    chief.post(ADD, edition_data(chief, block(0, "divider"), block(1, "help"), block(2, "divider")))
    edition = Edition.objects.get(slug="december")
    data = filled(chief, change_url(edition), blocks__0__position="5", blocks__2__DELETE="on")
    chief.post(change_url(edition), data)
    assert [each.kind for each in edition.blocks.order_by("position")] == ["help", "divider"]


def test_save_and_preview_leads_to_the_desk(chief: Client) -> None:
    edition = Edition.objects.get()
    data = filled(chief, change_url(edition), newsletter_edition_save_and_preview="1")
    assert chief.post(change_url(edition), data)["Location"] == desk_url(edition)


def test_editing_an_approved_edition_makes_it_a_draft_and_says_so(chief: Client) -> None:
    edition = Edition.objects.get()
    assert edition.state == EditionState.APPROVED
    page = chief.post(change_url(edition), filled(chief, change_url(edition), subject_pl="Inny temat"), follow=True)
    edition.refresh_from_db()
    assert edition.state == EditionState.DRAFT
    assert "it is a draft again" in page.content.decode()


def test_saving_an_approved_edition_unchanged_leaves_it_approved(chief: Client) -> None:
    edition = Edition.objects.get()
    page = chief.post(change_url(edition), filled(chief, change_url(edition)))
    edition.refresh_from_db()
    assert page.status_code == 302
    assert edition.state == EditionState.APPROVED


def test_the_desk_shows_each_language_and_width_in_a_sandbox(chief: Client) -> None:
    edition = Edition.objects.get()
    for language in ("pl", "en"):
        for width in ("phone", "desk", "cinema"):
            page = chief.get(desk_url(edition), {"language": language, "width": width})
            assert page.status_code == 200
            assert 'sandbox=""' in page.content.decode()
        mail = chief.get(reverse("admin:edition_preview", args=[edition.pk]), {"language": language})
        assert f'lang="{language}"' in mail.content.decode()
        policy = mail["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert mail["X-Frame-Options"] == "SAMEORIGIN"
        text = chief.get(reverse("admin:edition_text", args=[edition.pk]), {"language": language})
        assert text["Content-Type"].startswith("text/plain")


def test_an_edition_without_words_can_be_looked_at_and_not_approved(chief: Client) -> None:
    chief.post(ADD, edition_data(chief, **dict.fromkeys(WORDS, "")))
    edition = Edition.objects.get(slug="december")
    page = chief.post(reverse("admin:edition_approve", args=[edition.pk]), follow=True)
    assert page.context["blocking"]
    assert "Must be mended" in page.content.decode()
    assert Edition.objects.get(pk=edition.pk).state == EditionState.DRAFT
    assert chief.get(reverse("admin:edition_preview", args=[edition.pk])).status_code == 200


def test_it_is_returned_and_approved_by_two_people_since_it_is_sensitive(
    chief: Client, staff: Callable[..., Client]
) -> None:
    edition = Edition.objects.get()
    chief.post(reverse("admin:edition_reopen", args=[edition.pk]))
    assert Edition.objects.get().state == EditionState.DRAFT
    page = chief.post(reverse("admin:edition_approve", args=[edition.pk]), follow=True)
    assert Edition.objects.get().state == EditionState.DRAFT
    assert "a second person must approve it, too" in page.content.decode()
    second = staff("newsletter.view_edition", "newsletter.approve_edition")
    second.post(reverse("admin:edition_approve", args=[edition.pk]))
    edition = Edition.objects.get()
    assert (edition.state, edition.approved_by and edition.approved_by.username) == (EditionState.APPROVED, "staff")


def test_a_copy_is_a_draft_of_its_own(chief: Client) -> None:
    edition = Edition.objects.get()
    page = chief.post(reverse("admin:edition_duplicate", args=[edition.pk]))
    copy = Edition.objects.exclude(pk=edition.pk).get()
    assert page["Location"] == change_url(copy)
    assert copy.state == EditionState.DRAFT
    assert copy.code != edition.code
    assert Block.objects.filter(edition=copy).count() == Block.objects.filter(edition=edition).count()
    chief.post(reverse("admin:edition_duplicate", args=[edition.pk]))
    assert Edition.objects.count() == 3


def test_no_step_is_taken_by_looking(chief: Client) -> None:
    edition = Edition.objects.get()
    for step in ("approve", "reopen", "test", "duplicate"):
        assert chief.get(reverse(f"admin:edition_{step}", args=[edition.pk])).status_code == 405
    assert Edition.objects.get().state == EditionState.APPROVED


def test_who_only_reads_sees_the_desk_without_buttons(staff: Callable[..., Client]) -> None:
    edition = Edition.objects.get()
    reader = staff("newsletter.view_edition")
    page = reader.get(desk_url(edition))
    assert page.status_code == 200
    assert "<form" not in page.content.decode().partition('id="desk"')[2].partition("</section>")[0]
    for step in ("approve", "reopen", "test", "duplicate", "launch"):
        assert reader.post(reverse(f"admin:edition_{step}", args=[edition.pk])).status_code == 403


def test_an_edition_that_is_gone_is_a_plain_404(chief: Client) -> None:
    for name in ("desk", "preview", "text", "launch"):
        assert chief.get(reverse(f"admin:edition_{name}", args=[999])).status_code == 404


@pytest.fixture
def fresh_transport() -> Iterator[None]:
    """No connection of another test, and none left to the next."""
    kept.cache_clear()
    yield
    kept.cache_clear()


@pytest.mark.usefixtures("fresh_transport")
def test_a_test_reaches_its_address_and_the_answer_is_told(chief: Client, settings: Any, tmp_path: Path) -> None:
    with smtp.running(port=free_port(), log=tmp_path / "log") as peer:
        settings.SMTP_SERVERS = [peer.url]
        url = reverse("admin:edition_test", args=[Edition.objects.get().pk])
        page = chief.post(url, {"address": "press.desk@example.org", "language": "en"}, follow=True)
        assert "The mail server answered: 250" in page.content.decode()
        assert [recipient for _id, recipient in peer.copies()] == ["press.desk@example.org"]


@pytest.mark.usefixtures("fresh_transport")
def test_a_test_that_no_server_takes_is_told(chief: Client, settings: Any) -> None:
    settings.SMTP_SERVERS = [f"smtp://127.0.0.1:{free_port()}?tls=none"]
    url = reverse("admin:edition_test", args=[Edition.objects.get().pk])
    page = chief.post(url, {"address": "press.desk@example.org", "language": "en"}, follow=True)
    assert "was not sent" in page.content.decode()


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "two@example.org, three@example.org"])
def test_a_test_to_nowhere_is_told_at_the_field(chief: Client, address: str) -> None:
    url = reverse("admin:edition_test", args=[Edition.objects.get().pk])
    page = chief.post(url, {"address": address, "language": "en"})
    assert page.status_code == 200
    assert page.context["test_form"].errors["address"]
