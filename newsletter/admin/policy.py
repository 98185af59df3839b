"""The admin's own Content-Security-Policy; public pages keep the strict one of the settings.

Unfold stands on Alpine, which compiles the expressions in its attributes ('unsafe-eval'), and writes its colours and widths
as inline styles ('unsafe-inline' for styles alone). Scripts stay files of ours: the editor's import map, the only inline
script, is let through by its hash. Nothing may be loaded from, framed by or posted to anybody else.

Under the site's "no-referrer" a browser posts forms with `Origin: null`, which Django's CSRF check refuses; here the
referrer stays within the site instead.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.urls import reverse
from django_prose_editor.widgets import importmap

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def admin_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, directly after django-csp's: pages under the admin's address get the admin's policy."""
    root = reverse("admin:index")

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith(root):
            response.headers["Referrer-Policy"] = "same-origin"
            response.__dict__.setdefault("_csp_config", directives())  # django-csp reads its wishes here
        return response

    return respond


@functools.cache
def directives() -> dict[str, list[Any]]:
    """The admin's policy."""
    return {
        "default-src": [NONE],
        "script-src": [SELF, UNSAFE_EVAL, _hash_of_import_map()],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }


def _hash_of_import_map() -> str:
    script = re.sub(r"^<script[^>]*>|</script>$", "", str(importmap.render()))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
