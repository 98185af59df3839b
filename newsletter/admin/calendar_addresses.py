"""The addresses of the calendar's pages; they stand beside the editions that are planned in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from newsletter.admin import calendar, calendar_following, calendar_planning

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase
    from django.urls import URLPattern


def addresses(guarded: Callable[..., Callable[..., HttpResponseBase]]) -> list[URLPattern]:
    """Every page behind `guarded`, the admin's own demand for a login. Years and months may be any words: pages answer them."""
    pages = {
        "": (calendar.now, "calendar"),
        "plan/": (calendar_planning.plan_or_lead, "calendar_plan"),
        "follow/": (calendar_following.show, "calendar_follow"),
        "follow/new/": (calendar_following.new_address, "calendar_new_address"),
        "follow/close/": (calendar_following.close, "calendar_close"),
        "follow/wishes/": (calendar_following.wishes, "calendar_wishes"),
        "dates/<str:key>/": (calendar_planning.observance, "calendar_observance"),
        "<str:year>/": (calendar.year, "calendar_year"),
        "<str:year>/<str:month>/": (calendar.month, "calendar_month"),
    }
    return [path(f"calendar/{place}", guarded(view), name=name) for place, (view, name) in pages.items()]
