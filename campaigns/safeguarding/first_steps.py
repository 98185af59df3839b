"""What somebody who is threatened does first, in the order that protects (G6). In our words; shown from level 1 on."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from campaigns.safeguarding.sensitivity import Sensitivity


class Step(NamedTuple):
    """What to do, and a few short sentences that say how. Both are lazy translations."""

    title: object
    text: object


STEPS = (
    Step(
        _("Send nothing more and pay nothing"),
        _("Another picture or payment does not end the threats. You owe nothing to whoever threatens you."),
    ),
    Step(
        _("Get help: you are not alone"),
        _("Tell somebody you trust, or call one of the numbers on this page. It is not your fault."),
    ),
    Step(
        _("Keep the evidence, delete nothing"),
        _(
            "Keep the chats, names, links and account ids, with their dates. "
            "Adults: never copy or pass on sexual images of a child, not even to report them. "
            "Leave them where they are and show that device to the police."
        ),
    ),
    Step(
        _("Stop the contact and block"),
        _("Do not answer any more. Block the account once you have kept what proves the threats."),
    ),
    Step(
        _("Report it"),
        _(
            "Report the account where it is, and report the threats to the police. In danger, call the emergency number."
        ),
    ),
)


def steps_for(level: int) -> tuple[Step, ...]:
    """The steps, from level 1 on; below it none."""
    return STEPS if level >= Sensitivity.UPSETTING else ()
