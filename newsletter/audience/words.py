"""A newsletter's words for one reader."""

from __future__ import annotations

from django.conf import settings

from newsletter.editions.models import Newsletter, NewsletterText


def words_of(*, newsletter: Newsletter, language: str) -> NewsletterText:
    """Its words in `language`, else in the first language it has; bare ones, unsaved, where nobody wrote any yet."""
    texts = {text.language: text for text in newsletter.texts.all()}
    for choice in (language, *newsletter.languages, *texts):
        if choice in texts:
            return texts[choice]
    name = settings.SENDER_NAME
    return NewsletterText(language=language, name=newsletter.slug, sender_name=name, publisher=name)
