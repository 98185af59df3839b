"""Early readers of a news item under embargo: whom a link was made for, the link, and when it was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.db.models import Count, Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import TabularInline, display
from campaigns.content import early_reading
from campaigns.content.models import EarlyReader

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


class EarlyReaderForm(forms.ModelForm):  # type: ignore[type-arg]  # the model stands in its Meta
    """A name; and, once there is a link, a tick that takes it back."""

    revoke = forms.BooleanField(label=_("take back"), required=False)

    class Meta:
        model = EarlyReader
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revoke"].disabled = self.instance.pk is None or self.instance.revoked_at is not None
        self.initial["revoke"] = self.instance.revoked_at is not None


class EarlyReaderInline(TabularInline):
    """People who may read before the embargo ends."""

    model = EarlyReader
    form = EarlyReaderForm
    extra = 0
    can_delete = False
    verbose_name_plural = _("Early readers: a link of their own until the embargo ends")
    fields = ("name", "link", "opened", "revoke")
    readonly_fields = ("link", "opened")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EarlyReader]:
        """With how often and when last each link was opened."""
        rows: QuerySet[EarlyReader] = super().get_queryset(request)
        return rows.annotate(times=Count("readings"), last=Max("readings__at")).order_by("pk")

    @display(description=_("link"))
    def link(self, reader: EarlyReader) -> str:
        """The address to send to them."""
        return _address(reader) if reader.pk else "–"

    @display(description=_("opened"))
    def opened(self, reader: Any) -> SafeString:
        """How often, and when last."""
        return render_to_string("admin/versions/opened.html", {"reader": reader})


def keep(formset: Any, request: HttpRequest) -> None:
    """What the inline's rows ask for: a link for a new name, a name corrected, a link taken back."""
    now = timezone.now()
    for form in formset.forms:
        if form.instance.pk is None:
            form.instance.invited_by, form.instance.invited_at = request.user, now
    formset.save()
    for form in formset.forms:
        if form.instance.pk and form.cleaned_data.get("revoke"):
            early_reading.revoke(reader=form.instance, now=now)


def _address(reader: EarlyReader) -> str:
    return settings.SITE_URL + reverse("early_reading", kwargs={"token": early_reading.token_of(reader)})
