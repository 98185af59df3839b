"""What can be wrong with a feed: one word each, with facts; its sentence is made in the reader's language.

FeedError
├── AddressError      the address itself: nothing was fetched
├── ReachError        no server, or none that we may ask
├── AnswerError       a server answered, but sent nothing that we take
└── ContentError      something came, and it is no feed that we read
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES = {
    # the address
    "malformed": _("This is no web address that can be fetched. Copy it from the browser's address bar."),
    "scheme": _("Only addresses that begin with https:// or http:// are fetched. Write one of these."),
    "userinfo": _(
        "The address holds a user name or a password. Leave them out: addresses are shown and kept in clear."
    ),
    "port": _("Port %(port)s is not fetched, only 80 and 443. Ask the publisher for another address."),
    "private": _("%(host)s lies in a private network or on this machine; nothing is fetched from there."),
    # the way there
    "no_name": _("There is no server called %(host)s. Check the spelling of the address."),
    "not_looked_up": _("The name %(host)s could not be looked up. It is tried again later."),
    "no_answer": _("The server does not answer. It is tried again later."),
    "refused": _("The server refuses the connection. It is tried again later."),
    "too_slow": _("The server was not done after %(seconds)s seconds. It is tried again later."),
    "broken_off": _("The connection broke off before everything had come. It is tried again later."),
    "certificate": _("The server cannot prove that it is %(host)s: its certificate is not valid. Tell the publisher."),
    "no_encryption": _("No encrypted connection came about. Tell the publisher."),
    "gibberish": _("The server does not speak the language of the web (HTTP). Check the address."),
    # the answer
    "too_many_redirects": _("The address leads on and on: after three redirects it was given up. Check the address."),
    "nowhere": _("The server redirects without saying where. Check the address."),
    "downgrade": _("The server redirects from an encrypted to an unencrypted address. That is not followed."),
    "login": _("The server wants a login (HTTP %(status)s). Only public feeds can be read."),
    "forbidden": _("The server does not let us read this address (HTTP %(status)s). Ask the publisher."),
    "not_found": _("There is nothing at this address (HTTP 404). Look for the feed on the publisher's site."),
    "gone": _("The publisher says that this feed is gone for good (HTTP 410), so it is switched off."),
    "too_often": _("The server asks us to come less often (HTTP 429). It is asked again when it said."),
    "server_fault": _("The server has a fault of its own (HTTP %(status)s). It is tried again later."),
    "status": _("The server answers with HTTP %(status)s, which holds no feed. Check the address."),
    "kind": _("At this address there is no feed but a file of the kind %(kind)s. Check the address."),
    "packing": _("The feed comes packed in a way that was not asked for (%(packing)s). Tell the publisher."),
    "damaged": _("What came was packed and cannot be unpacked. It is tried again later."),
    "too_large": _("The feed is larger than %(megabytes)s MB. Ask the publisher for a shorter one."),
    # the content
    "empty": _("The address answers, but sends nothing. Check the address."),
    "web_page": _("This is a web page. Its feed may be at %(found)s."),
    "web_page_alone": _("This is a web page, and it names no feed. Look for RSS or Atom on the publisher's site."),
    "doctype": _("The feed holds a document type or entities of its own, which can do harm. Tell the publisher."),
    "too_intricate": _("The feed is built too intricately to be read safely. Tell the publisher."),
    "unreadable": _("The feed is damaged and cannot be read. Tell the publisher."),
    "no_feed": _("What stands at this address is neither RSS nor Atom nor JSON Feed. Check the address."),
    "fault": _("Reading this feed failed by a fault of ours (%(name)s). It is tried again later; tell the operator."),
}


class FeedError(Exception):
    """`trouble` is a key of SENTENCES, `facts` what its sentence needs; never an address's query, never content (X14)."""

    def __init__(self, trouble: str, *, retry_after: float | None = None, **facts: Any) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.facts = facts
        self.retry_after = retry_after
        """Seconds after which the server asked us to come back, where it did."""

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the active language."""
        return sentence(self.trouble, self.facts)


class AddressError(FeedError):
    """The address is refused before anything is looked up."""


class ReachError(FeedError):
    """No connection came about, or it did not last."""


class AnswerError(FeedError):
    """The server answered with something else than a document to read."""


class ContentError(FeedError):
    """The document is no feed that we read."""


def sentence(trouble: str, facts: Mapping[str, Any]) -> str:
    """The sentence for `trouble` in the active language; empty for no trouble."""
    return str(SENTENCES[trouble]) % facts if trouble in SENTENCES else trouble
