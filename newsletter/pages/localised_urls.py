"""What people browse: under /pl/ and /en/."""

from __future__ import annotations

from django.urls import path

from newsletter.pages import stub

urlpatterns = [
    path("", stub.page, name="home"),
    path("sign-up/", stub.page, name="sign_up"),
    path("my-link/", stub.page, name="my_link"),
    path("check/", stub.page, name="check"),
    path("editions/", stub.page, name="archive"),
    path("editions/<slug:slug>/", stub.page, name="edition"),
    path("privacy/", stub.page, name="privacy"),
]
