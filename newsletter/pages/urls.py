"""What stands in mails and what machines ask for: no language prefix, no trailing slash on signed links."""

from __future__ import annotations

from django.urls import path

from newsletter.pages import stub

urlpatterns = [
    path("c/<str:token>", stub.page, name="confirm"),
    path("u/<str:token>", stub.page, name="unsubscribe"),
    path("p/<str:token>", stub.page, name="preferences"),
]
