"""Buttons that lead a piece of content from draft to approved and back, beside "Save"."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.admin import versions
from campaigns.admin.base import action, display
from campaigns.admin.findings import FindingsMixin, questions_left
from campaigns.admin.texts import TextsForm
from campaigns.content import approving, checking, revising
from campaigns.content.models import NewsItem, State, Step
from campaigns.safeguarding.checklist import questions_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

    from campaigns.content.models import Campaign

STEPS_FROM = {
    State.DRAFT: ["send_to_review", "approve"],
    State.IN_REVIEW: ["approve", "return_to_draft"],
    State.APPROVED: ["return_to_draft", "withdraw"],
    State.WITHDRAWN: ["return_to_draft"],
}
STATE_COLOURS = {
    State.DRAFT: "info",
    State.IN_REVIEW: "warning",
    State.APPROVED: "success",
    State.WITHDRAWN: "danger",
}


class VersionedForm(TextsForm):
    """A form that notices when somebody else saved the same item in the meantime, and takes a comment for its history."""

    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Stands in the history beside this version: what you changed, or what somebody should mend."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = revising.newest_number(self.instance)

    def clean(self) -> dict[str, Any]:
        """Refuse once when there is a newer version than the one that was opened; pressing again is meant."""
        cleaned = super().clean()
        newest = self.initial.get("seen")
        if cleaned.get("seen") is not None and cleaned["seen"] != newest:
            data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, which the stubs call a mapping
            data[self.add_prefix("seen")] = str(newest)
            self.data = data
            self.add_error(
                None,
                _(
                    "Somebody else saved this while you were writing. Look at the history in another tab; what you typed is still here. Save again to put yours in its place: theirs stays in the history."
                ),
            )
        return cleaned


class ApprovableAdmin(FindingsMixin):
    """Admin of something with a State: saves first, then takes the step whose button was pressed."""

    actions_submit_line = ("send_to_review", "approve", "return_to_draft", "withdraw")
    readonly_fields: ClassVar[tuple[str, ...]] = ("version", "checked_by", "checked_on")

    def has_approve_permission(self, request: HttpRequest, _obj: object = None) -> bool:
        """Whether this person may approve and withdraw here."""
        return request.user.has_perm(f"campaigns.approve_{self.opts.model_name}")

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> Iterable[Any]:
        """The buttons that lead on from where the item stands now."""
        item = self.get_object(request, str(object_id)) if object_id else None  # None, too, for an id of rubbish
        offered = {self._action_name(step) for step in _steps_from(item)} if item else set()
        actions = super().get_actions_submit_line(request, object_id)  # type: ignore[misc]  # Unfold's, untyped
        return [each for each in actions if each.action_name in offered]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The address stays as it is once a version was approved: links in mail that went out lead to it."""
        fixed = obj is not None and obj.revisions.filter(step=Step.APPROVED).exists()
        return (*super().get_readonly_fields(request, obj), *(("slug",) if fixed else ()))

    def get_urls(self) -> list[URLPattern]:
        """The history of versions in the place of Django's, and the way back to one of them."""
        return [*versions.urls(self), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """One button less: the steps need the room, and nobody writes two items in a row without looking at the first."""
        return super().render_change_form(request, context | {"show_save_and_add_another": False}, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Save, with who wrote, but let no button act yet: the words are not written before `save_related`."""
        if set(form.changed_data) - {"comment", "seen"}:
            obj.written_by = request.user
        if change:
            before = type(obj).objects.get(pk=obj.pk)
            revising.settle(item=before, by=cast("User", request.user), now=timezone.now())
            obj.in_use = before.in_use
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write the words, keep the version, and take the step; what was approved and changed is a draft again."""
        offered = self.get_actions_submit_line(request, form.instance.pk)
        super().save_related(request, form, formsets, change)
        pressed = [each for each in offered if each.action_name in request.POST]
        if self._keep(request, form):  # it is a draft by that already
            pressed = [each for each in pressed if each.action_name != self._action_name("return_to_draft")]
        for each in pressed:
            each.method(request, form.instance)
        if not pressed:
            self.tell_findings(request, form.instance)

    @display(description=_("state"))
    def version(self, item: NewsItem | Campaign) -> SafeString:
        """Where it stands, which version is in print, and the way to all of them."""
        return render_to_string("admin/versions/standing.html", {"item": item, "opts": self.opts})

    @action(description=_("Send to review"), permissions=["change"])
    def send_to_review(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Ask an approver to read it."""
        _take(request, obj, approving.submit, gettext("It waits for somebody to approve it."))

    @action(description=_("Approve"), permissions=["approve"])
    def approve(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Let it be printed and read."""
        answered = request.POST.getlist("checklist")
        if missing := set(questions_at(obj.sensitivity)) - set(answered):
            messages.error(request, questions_left(len(missing)))
            return
        step = functools.partial(approving.approve, checklist=answered)
        _take(request, obj, step, gettext("It is approved and can stand in an edition."))
        for sentence in checking.sentences(obj) if isinstance(obj, NewsItem) else []:
            messages.warning(request, sentence)

    @action(description=_("Return to draft"), permissions=["change"])
    def return_to_draft(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Take it back to be written on."""
        _take(request, obj, approving.return_to_draft, gettext("It is a draft again."))

    @action(description=_("Withdraw"), permissions=["approve"])
    def withdraw(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Take it out of print."""
        _take(request, obj, approving.withdraw, gettext("It is withdrawn: no new edition can print it."))

    def _keep(self, request: HttpRequest, form: VersionedForm) -> bool:
        """Keep what was written; whether an approved item is a draft again by that."""
        item, user = cast("NewsItem | Campaign", form.instance), cast("User", request.user)
        if not approving.edited(item=item, by=user, now=timezone.now(), comment=_comment(request)):
            return False
        messages.warning(
            request,
            gettext(
                "You changed an approved text, so it is a draft again. The approved version stays in print until you "
                "approve this one."
            ),
        )
        return True

    def _action_name(self, step: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{step}"


def standing_of(item: NewsItem | Campaign) -> tuple[str, str]:
    """The state as Unfold's badges want it: its value and its words, with a word on what is in print meanwhile."""
    words = str(item.get_state_display())
    if item.in_use and item.state in {State.DRAFT, State.IN_REVIEW}:
        words = gettext("%(state)s · older version in print") % {"state": words}
    return item.state, words


def _steps_from(item: NewsItem | Campaign) -> list[str]:
    """What leads on from where it stands; what is in print can be withdrawn while a newer version is being written."""
    steps = STEPS_FROM[State(item.state)]
    return [*steps, "withdraw"] if item.in_use and "withdraw" not in steps else steps


def _comment(request: HttpRequest) -> str:
    return request.POST.get("comment", "").strip()


def _take(request: HttpRequest, item: NewsItem | Campaign, step: Any, done: str) -> None:
    try:
        step(item=item, by=cast("User", request.user), now=timezone.now(), comment=_comment(request))
    except approving.NotReadyError as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
        messages.error(request, gettext("It is saved, but cannot be approved before this is mended."))
    except approving.StepError:
        messages.warning(request, gettext("Somebody was quicker: it stands elsewhere by now. See its state below."))
    else:
        messages.success(request, done)
