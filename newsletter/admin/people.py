"""People who work here and their roles, in our look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from campaigns.admin.base import Admin

if TYPE_CHECKING:
    BaseUserAdmin = UserAdmin[User]

    class BaseGroupAdmin:
        """The stubs' GroupAdmin is no class to build on."""
else:
    BaseUserAdmin, BaseGroupAdmin = UserAdmin, GroupAdmin

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(BaseUserAdmin, Admin):
    """Accounts."""

    belongs_here = _("Everybody who works here has an account of their own.")
    first_step = _("Add the first person")
    new_title = _("New person")
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("username",)


@admin.register(Group)
class RoleAdmin(BaseGroupAdmin, Admin):
    """Roles: what people may do here."""

    belongs_here = _("A role gathers what people may do: write, approve, send, read.")
    first_step = _("Name the first role")
    new_title = _("New role")
    ordering = ("name",)
