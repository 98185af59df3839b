"""The second person's button: an urgent mailing leaves only when somebody else has released it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from newsletter.delivery import releasing
from newsletter.delivery.models import Lane, Mailing, MailingState
from newsletter.tasks import nudge

if TYPE_CHECKING:
    from typing import Any

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

PERMISSION = "newsletter.launch_urgent"
OVER = {MailingState.FINISHED, MailingState.CANCELLED}


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def release(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Let an urgent mailing go."""
    get_object_or_404(Mailing, pk=mailing_id)
    try:
        releasing.release(mailing_id=mailing_id, by=cast("User", request.user), now=timezone.now())
    except releasing.SamePersonError:
        messages.warning(request, gettext("You launched it yourself. Ask somebody else to release it."))
    except releasing.NothingToReleaseError:
        messages.warning(request, gettext("The mailing has moved on meanwhile; see below where it stands now."))
    else:
        messages.success(request, gettext("Released. It leaves before all other mailings."))
        nudge(mailing_id=mailing_id)
    return HttpResponseRedirect(reverse("admin:newsletter_mailing_change", args=[mailing_id]))


def standing(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    """What the mailing's page says of it: whether it waits for a release, and whether this person may give it."""
    waits = mailing.lane == Lane.URGENT and mailing.released_at is None and mailing.state not in OVER
    mine = mailing.launched_by_id == request.user.pk
    return {
        "waits_for_release": waits,
        "may_release": waits and not mine and request.user.has_perm(PERMISSION),
    }
