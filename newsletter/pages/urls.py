"""What stands in mails and what machines ask for: no language prefix, no trailing slash on signed links."""

from __future__ import annotations

from django.urls import path

from newsletter.pages import confirming, entrance, following, preferring, unsubscribing

urlpatterns = [
    path("", entrance.root, name="root"),
    path("c/<str:token>", confirming.confirm, name="confirm"),
    path("u/<str:token>", unsubscribing.unsubscribe, name="unsubscribe"),
    path("p/<str:token>", preferring.preferences, name="preferences"),
    path("k/<str:key>.ics", following.feed, name="calendar_feed"),
    path("health/", entrance.health, name="health"),
    path("robots.txt", entrance.robots, name="robots"),
    path("favicon.ico", entrance.icon, name="icon"),
    path("media/<path:path>", entrance.media, name="media"),
]
