"""What we say, for people to browse: under /pl/ and /en/."""

from __future__ import annotations

from django.urls import path

from campaigns.pages import stub

urlpatterns = [
    path("campaigns/<slug:slug>/", stub.page, name="campaign"),
    path("news/<slug:slug>/", stub.page, name="news_item"),
    path("help/", stub.page, name="help"),
]
