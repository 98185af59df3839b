"""While DEBUG is on, Django shows a fault with its whole environment. A request of rubbish is no fault: it gets the kind page."""

from __future__ import annotations

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.debug import ExceptionReporter

from newsletter.pages import apologies

RUBBISH = (BadRequest, SuspiciousOperation, MultiPartParserError)


class KindReporter(ExceptionReporter):
    """Django's report of a fault; for a request that a middleware could not read, what a reader is told in earnest, too."""

    def get_traceback_html(self) -> SafeString:
        """The page with the status the caller sets."""
        if self.request and isinstance(self.exc_value, RUBBISH):
            return SafeString(apologies.not_understood(self.request).text)
        return super().get_traceback_html()

    def get_traceback_text(self) -> SafeString:
        """The same for whoever asks for no HTML, in one line."""
        if isinstance(self.exc_value, RUBBISH):
            return SafeString(gettext("We could not read this request"))
        return super().get_traceback_text()
