"""A kit's content as tests need it; each names only what it is about."""

from __future__ import annotations

from typing import Any

from campaigns.sharing.content import KitContent, Number

PAGE = "https://wici.example.org/pl/campaigns/sayno/"
LISTENING = Number(
    slug="pl-116-111",
    name="Telefon zaufania dla dzieci i młodzieży",
    phone="116 111",
    hours="połączenie bezpłatne",
    verified_on="2026-11-16",
    review_by="2027-05-14",
)
PARENTS = Number(
    slug="pl-800-100-100",
    name="Telefon dla rodziców i nauczycieli",
    phone="800 100 100",
    hours="",
    verified_on="2026-11-16",
    review_by="2027-03-01",
)


def a_kit(**changes: Any) -> KitContent:
    """#SayNO in Polish, with two numbers."""
    said = {
        "slug": "sayno",
        "language": "pl",
        "hashtag": "#SayNO",
        "headline": "Powiedz NIE. Możesz dostać pomoc",
        "message": "To nie Twoja wina. Są ludzie, którzy wysłuchają. Nie musisz podawać nazwiska.",
        "call_to_action": "Zobacz pięć kroków",
        "owner": "Europol",
        "partners": ("Fundacja Przykład",),
        "licence": "© Europol",
        "official_url": "https://europol.example.org/",
        "page_url": PAGE,
        "logo": "",
        "country": "PL",
        "numbers": (LISTENING, PARENTS),
        "sensitive": True,
    }
    return KitContent(**{**said, **changes})
