"""Who works in the admin, and what they may do there."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from core.admin.base import GymAdmin

admin.site.unregister([User, Group])


@admin.register(User)
class StaffAdmin(UserAdmin, GymAdmin):  # type: ignore[misc]
    """Whoever leaves is made inactive: deleting would take the history of what they did along."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "username": "username",
        "email": "email",
        "first name": "first_name",
        "last name": "last_name",
        "active": "is_active",
        "staff": "is_staff",
        "superuser": "is_superuser",
        "last login": "last_login",
    }

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(Group)
class RoleAdmin(GroupAdmin, GymAdmin):  # type: ignore[misc]
    csv_columns: ClassVar[dict[str, str]] = {"id": "pk", "name": "name"}
