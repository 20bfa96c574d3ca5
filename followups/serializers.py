from typing import Any

from rest_framework import serializers

from core.api.fields import IdField, InstantField
from core.api.serializers import StrictModelSerializer
from followups.models import Agreement, FollowUpChange
from followups.rows import FollowUpRow
from followups.states import FollowUpStatus


class AgreementSerializer(StrictModelSerializer[Agreement]):
    customer = IdField(source="customer_id")

    class Meta:
        model = Agreement
        fields = [
            "id",
            "customer",
            "purchased_on",
            "session_quantity",
            "sessions_remaining",
            "status",
            "alert",
            "past_due_balance",
            "is_trial",
        ]
        fixed = ["customer"]
        extra_kwargs: dict[str, Any] = {
            "purchased_on": {"required": False, "help_text": "Today, unless it is said."},
        }


LABELS = dict(FollowUpStatus.choices)


class FollowUpSerializer(serializers.Serializer[Any]):
    """Describes what `follow_up_json` writes."""

    customer = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    follow_up_status = serializers.ChoiceField(choices=FollowUpStatus.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    since = InstantField()
    agreement = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()


def follow_up_json(row: FollowUpRow) -> dict[str, Any]:
    return {
        "customer": row.customer,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "follow_up_status": row.status,
        "label": LABELS[row.status],
        "since": row.since,
        "agreement": row.agreement,
        "reason": row.reason,
    }


class FollowUpChangeSerializer(serializers.ModelSerializer[FollowUpChange]):
    changed_at = InstantField()

    class Meta:
        model = FollowUpChange
        fields = ["from_status", "to_status", "changed_at", "cause"]
