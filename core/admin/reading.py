from django.db.models import Model
from django.http import HttpRequest

from core.admin.base import GymAdmin


class ReadingAdmin(GymAdmin):
    """The pages of what comes about by itself: to look into, never to change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
