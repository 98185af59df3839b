from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.test import Client


def label(model: type[Model]) -> str:
    return str(model._meta.label_lower)  # noqa: SLF001 (Django's documented model API)


pytestmark = pytest.mark.django_db

PAGES: dict[Any, Any] = {
    model: page
    for model, page in admin.site._registry.items()  # noqa: SLF001 (no public list of the registered pages)
    if label(model).split(".")[0] in {"campaigns", "newsletter", "auth"}
}
OURS = list(PAGES)
each_model = pytest.mark.parametrize("model", OURS, ids=label)
LANGUAGES = ["pl", "en"]


def named(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{label(model).replace('.', '_')}_{page}", args=args)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("planted")
def test_every_list_and_first_entry_answer_whoever_may_see_them(language: str, chief: Client) -> None:
    chief.cookies["django_language"] = language
    for model in OURS:
        assert chief.get(named(model, "changelist")).status_code == 200
        first = model.objects.order_by("pk").first()
        assert first is None or chief.get(named(model, "change", first.pk)).status_code == 200


@each_model
def test_its_empty_list_says_what_belongs_there(model: type[Model], chief: Client) -> None:
    page = chief.get(named(model, "changelist"), {"q": ""})
    assert page.status_code == 200
    assert str(PAGES[model].belongs_here)


@each_model
def test_its_add_page_answers_or_is_refused(model: type[Model], chief: Client) -> None:
    page = chief.get(named(model, "add"))
    may_add = PAGES[model].has_add_permission(page.wsgi_request)
    assert page.status_code == (200 if may_add else 403)


@each_model
def test_it_is_closed_to_staff_without_permission(model: type[Model], staff: Callable[..., Client]) -> None:
    nobody = staff()
    assert nobody.get(named(model, "changelist")).status_code == 403
    assert nobody.get(named(model, "add")).status_code == 403


@each_model
def test_it_sends_strangers_to_the_login(model: type[Model], client: Client) -> None:
    page = client.get(named(model, "changelist"))
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("admin:login"))


@each_model
def test_a_search_for_nonsense_finds_nothing_and_breaks_nothing(model: type[Model], chief: Client) -> None:
    for query in ("ąćę", "%", "'; --", "a@b", "\x00"):
        assert chief.get(named(model, "changelist"), {"q": query}).status_code == 200


@pytest.mark.usefixtures("planted")
def test_the_overview_answers_everybody_who_is_let_in(chief: Client, staff: Callable[..., Client]) -> None:
    assert chief.get(reverse("admin:index")).status_code == 200
    assert staff().get(reverse("admin:index")).status_code == 200


def test_the_login_page_speaks_both_languages(client: Client) -> None:
    for language in LANGUAGES:
        client.cookies["django_language"] = language
        assert client.get(reverse("admin:login")).status_code == 200


def test_whoever_opens_the_login_page_itself_lands_on_the_overview(client: Client) -> None:
    User.objects.create_superuser("chief", password="forty-two olives")
    answer = client.post(reverse("admin:login"), {"username": "chief", "password": "forty-two olives"})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:index")


@pytest.mark.parametrize("model", ["campaigns/newsitem", "campaigns/campaign", "newsletter/edition"])
@pytest.mark.parametrize("key", ["abc", "%00", "1.0", "_5F", "9" * 40])
def test_an_id_of_rubbish_leads_back_with_a_sentence(chief: Client, model: str, key: str) -> None:
    answer = chief.get(f"/admin/{model}/{key}/change/", follow=True)
    assert answer.status_code == 200
    assert "exist" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["campaigns/newsitem/?state__exact=%00", "newsletter/delivery/?state=%00", "autocomplete/?term=%00"]
)
def test_a_filter_of_rubbish_is_refused_before_any_database_would(chief: Client, query: str) -> None:
    assert chief.get(f"/admin/{query}").status_code == 400
