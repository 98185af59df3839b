"""Routed only where mail is caught (settings.CATCHING_MAIL)."""

from __future__ import annotations

from django.urls import path, re_path

from newsletter.inbox import showing
from newsletter.inbox.keeping import ID

MAIL = rf"^(?P<mail_id>{ID})/"

urlpatterns = [
    path("", showing.inbox, name="inbox"),
    path("empty/", showing.empty, name="inbox_empty"),
    re_path(rf"{MAIL}$", showing.mail, {"view": "html"}, name="inbox_html"),
    re_path(rf"{MAIL}text/$", showing.mail, {"view": "text"}, name="inbox_text"),
    re_path(rf"{MAIL}headers/$", showing.mail, {"view": "headers"}, name="inbox_headers"),
    re_path(rf"{MAIL}source/$", showing.mail, {"view": "source"}, name="inbox_source"),
    re_path(rf"{MAIL}frame/$", showing.frame, name="inbox_frame"),
    re_path(rf"{MAIL}file/$", showing.file, name="inbox_file"),
]
