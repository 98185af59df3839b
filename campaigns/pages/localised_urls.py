"""What we say, for people to browse: under /pl/ and /en/."""

from __future__ import annotations

from django.urls import path

from campaigns.pages import campaigning, early_reading, helping, reading

urlpatterns = [
    path("campaigns/<slug:slug>/", campaigning.campaign, name="campaign"),
    path("campaigns/<slug:slug>/kit/", campaigning.kit, name="campaign_kit"),
    path("campaigns/<slug:slug>/block/", campaigning.block, name="campaign_block"),
    path("campaigns/<slug:slug>/materials/<int:material_id>/", campaigning.material, name="campaign_material"),
    path("news/<slug:slug>/", reading.news_item, name="news_item"),
    path("early/<str:token>/", early_reading.read, name="early_reading"),
    path("help/", helping.helplines, name="help"),
]
