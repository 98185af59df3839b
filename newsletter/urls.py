"""Every address of the site. What stands in mails has no language prefix; what people browse has one."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from campaigns.admin.choosing import Choices
from newsletter.pages import apologies

urlpatterns = [
    path("admin/autocomplete/", admin.site.admin_view(Choices.as_view(admin_site=admin.site))),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("newsletter.pages.urls")),
    *i18n_patterns(
        path("", include("newsletter.pages.localised_urls")),
        path("", include("campaigns.pages.localised_urls")),
    ),
    re_path(r"^(?P<rest>[\s\S]*)\Z", apologies.unknown_address),
]
handler400 = apologies.not_understood
handler403 = apologies.not_allowed
handler404 = apologies.not_found
handler500 = apologies.our_fault

if settings.CATCHING_MAIL:
    urlpatterns.insert(0, path("inbox/", include("newsletter.inbox.urls")))
