from rest_framework import serializers

from core.api.serializers import StrictModelSerializer
from notifications import kinds
from notifications.models import Notification
from notifications.states import EMAIL_STATUSES


class NotificationSerializer(StrictModelSerializer[Notification]):
    # All apps are ready and have registered their kinds when the API's addresses are loaded.
    kind = serializers.ChoiceField(choices=kinds.choices())
    email_status = serializers.ChoiceField(choices=EMAIL_STATUSES)
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="The ids of what it is about, by kind."
    )

    class Meta:
        model = Notification
        fields = [
            "id",
            "customer",
            "kind",
            "title",
            "body",
            "data",
            "created_at",
            "read_at",
            "email_status",
        ]
        read_only_fields = fields
