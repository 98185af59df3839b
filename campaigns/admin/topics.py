"""Topics: the subjects readers know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import Admin, completeness, display
from campaigns.admin.texts import language_tabs, texts_form
from campaigns.content.models import Topic, TopicText

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

TopicForm = texts_form(text=TopicText, owner="topic")


@admin.register(Topic)
class TopicAdmin(Admin):
    """Subjects that news items and campaigns belong to."""

    belongs_here = _("Topics are subjects readers know: phishing, passwords, children online.")
    first_step = _("Name the first topic")
    new_title = _("New topic")
    form = TopicForm
    list_display = ("name", "languages", "slug")
    search_fields = ("slug", "texts__name")
    ordering = ("slug",)
    fieldsets = (*language_tabs(TopicForm), (_("Address"), {"fields": ["slug"]}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Topics with their names."""
        return super().get_queryset(request).prefetch_related("texts")

    @display(description=_("topic"), ordering="slug")
    def name(self, topic: Topic) -> str:
        """The name in the reader's language."""
        return str(topic)

    @display(description=_("languages"))
    def languages(self, topic: Topic) -> SafeString:
        """Which languages are written."""
        return completeness(topic.texts.all())
