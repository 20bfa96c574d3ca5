from typing import ClassVar

from classes.filters import ClassTypeFilters
from classes.models import ClassType
from classes.serializers import ClassTypeSerializer
from core.api.views import Catalogue


class ClassTypeViewSet(Catalogue[ClassType]):
    """Kinds of classes. A session copies duration and capacity from here when it is made."""

    queryset = ClassType.objects.order_by("pk")
    serializer_class = ClassTypeSerializer
    filterset_class = ClassTypeFilters
    search_fields: ClassVar[list[str]] = ["name"]
    ordering_fields = ("id", "name")
