from classes.models import ClassType
from core.api.serializers import StrictModelSerializer


class ClassTypeSerializer(StrictModelSerializer[ClassType]):
    class Meta:
        model = ClassType
        fields = [
            "id",
            "name",
            "description",
            "duration_minutes",
            "capacity",
            "late_cancel_cutoff_minutes",
            "is_premium",
        ]
