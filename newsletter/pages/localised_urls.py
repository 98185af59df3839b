"""What people browse: under /pl/ and /en/."""

from __future__ import annotations

from django.urls import path

from newsletter.pages import checking, preferring, reading, signing_up

urlpatterns = [
    path("", signing_up.home, name="home"),
    path("sign-up/", signing_up.sign_up, name="sign_up"),
    path("sign-up/next/", signing_up.look_into_your_mailbox, name="signed_up"),
    path("my-link/", preferring.my_link, name="my_link"),
    path("my-link/next/", preferring.my_link_is_coming, name="my_link_next"),
    path("check/", checking.check, name="check"),
    path("editions/", reading.archive, name="archive"),
    path("editions/<slug:slug>/", reading.edition, name="edition"),
    path("privacy/", signing_up.privacy, name="privacy"),
]
