"""Buttons that lead a piece of content from draft to approved and back, beside "Save"."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import action
from campaigns.admin.findings import FindingsMixin, questions_left
from campaigns.content import approving
from campaigns.content.models import State
from campaigns.safeguarding.checklist import questions_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from campaigns.admin.texts import TextsForm
    from campaigns.content.models import Campaign, NewsItem

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


class ApprovableAdmin(FindingsMixin):
    """Admin of something with a State: saves first, then takes the step whose button was pressed."""

    actions_submit_line = ("send_to_review", "approve", "return_to_draft", "withdraw")
    readonly_fields: ClassVar[tuple[str, ...]] = ("state", "checked_by", "checked_on")

    def has_approve_permission(self, request: HttpRequest, _obj: object = None) -> bool:
        """Whether this person may approve and withdraw here."""
        return request.user.has_perm(f"campaigns.approve_{self.opts.model_name}")

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> Iterable[Any]:
        """The buttons that lead on from where the item stands now."""
        item = self.get_object(request, str(object_id)) if object_id else None  # None, too, for an id of rubbish
        offered = {self._action_name(step) for step in STEPS_FROM[item.state]} if item else set()
        actions = super().get_actions_submit_line(request, object_id)  # type: ignore[misc]  # Unfold's, untyped
        return [each for each in actions if each.action_name in offered]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, _change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Save, with who wrote, but let no button act yet: the words are not written before `save_related`."""
        if form.changed_data:
            obj.written_by = request.user
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write the words and take the step; without one, an approved text that changed is a draft again."""
        super().save_related(request, form, formsets, change)
        offered = self.get_actions_submit_line(request, form.instance.pk)
        pressed = [each for each in offered if each.action_name in request.POST]
        for each in pressed:
            each.method(request, form.instance)
        if not pressed:
            self._fall_back(request, form)
            self.tell_findings(request, form.instance)

    @action(description=_("Send to review"), permissions=["change"])
    def send_to_review(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Ask an approver to read it."""
        _take(request, obj, approving.submit, gettext("It waits for somebody to approve it."))

    @action(description=_("Approve"), permissions=["approve"])
    def approve(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Let it be printed and read."""
        if missing := set(questions_at(obj.sensitivity)) - set(request.POST.getlist("checklist")):
            messages.error(request, questions_left(len(missing)))
            return
        step = functools.partial(approving.approve, checklist=request.POST.getlist("checklist"))
        _take(request, obj, step, gettext("It is approved and can stand in an edition."))

    @action(description=_("Return to draft"), permissions=["change"])
    def return_to_draft(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Take it back to be written on."""
        _take(request, obj, approving.return_to_draft, gettext("It is a draft again."))

    @action(description=_("Withdraw"), permissions=["approve"])
    def withdraw(self, request: HttpRequest, obj: NewsItem | Campaign) -> None:
        """Take it out of print."""
        _take(request, obj, approving.withdraw, gettext("It is withdrawn: no new edition can print it."))

    def _fall_back(self, request: HttpRequest, form: TextsForm) -> None:
        item = cast("NewsItem | Campaign", form.instance)
        if item.state == State.APPROVED and form.changed_data:
            done = gettext("You changed an approved text, so it is a draft again. Approve it anew.")
            _take(request, item, approving.return_to_draft, done)

    def _action_name(self, step: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{step}"


def _take(request: HttpRequest, item: NewsItem | Campaign, step: Any, done: str) -> None:
    try:
        step(item=item, by=cast("User", request.user), now=timezone.now())
    except approving.NotReadyError as error:
        for sentence in error.sentences:
            messages.error(request, sentence)
        messages.error(request, gettext("It is saved, but cannot be approved before this is mended."))
    except approving.StepError:
        messages.warning(request, gettext("Somebody was quicker: it stands elsewhere by now. See its state below."))
    else:
        messages.success(request, done)
