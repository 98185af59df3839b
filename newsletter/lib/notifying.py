"""Letters to those who work here: from the site, about their work; whoever asks keeps in rows what was said."""

from __future__ import annotations

import logging

from newsletter.lib.letters import Letter, LetterDeferredError, LetterRefusedError

log = logging.getLogger(__name__)


def notify(*, to: str, language: str, template: str, context: dict[str, object], occasion: str) -> bool:
    """Send one letter (arguments as Letter's); whether it is settled: it went out, or the server will never take it.

    What a server will take later, or where none answered, is not settled: ask again.
    """
    try:
        Letter(to=to, language=language, template=template, context=context, occasion=occasion).send()
    except LetterDeferredError:
        log.warning("a letter about %s waits: no server took it", template)
        return False
    except LetterRefusedError:
        log.warning("a letter about %s was refused for good", template)
    return True
