"""What we say, for people to browse: under /pl/ and /en/."""

from __future__ import annotations

from django.urls import path

from campaigns.pages import early_reading, helping, reading

urlpatterns = [
    path("campaigns/<slug:slug>/", reading.campaign, name="campaign"),
    path("news/<slug:slug>/", reading.news_item, name="news_item"),
    path("early/<str:token>/", early_reading.read, name="early_reading"),
    path("help/", helping.helplines, name="help"),
]
