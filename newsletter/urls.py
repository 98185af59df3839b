"""Every address of the site. What stands in mails has no language prefix; what people browse has one."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("newsletter.pages.urls")),
    *i18n_patterns(
        path("", include("newsletter.pages.localised_urls")),
        path("", include("campaigns.pages.localised_urls")),
    ),
]

if settings.CATCHING_MAIL:
    urlpatterns.insert(0, path("inbox/", include("newsletter.inbox.urls")))
