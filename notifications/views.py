from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.serializers import EmptySerializer
from core.api.views import GymViewSet
from notifications import services
from notifications.filters import NotificationFilters
from notifications.models import Notification
from notifications.serializers import NotificationSerializer


class NotificationViewSet(
    mixins.RetrieveModelMixin, mixins.ListModelMixin, GymViewSet[Notification]
):
    """The inbox: what the gym told its customers. `notify` writes it and nobody else."""

    queryset = Notification.objects.with_email_status().order_by("-pk")
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilters
    ordering_fields = ("id", "created_at")

    @extend_schema(request=EmptySerializer, responses=NotificationSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, **kwargs: Any) -> Response:
        """Note that the customer saw it. Reading it again changes nothing."""
        EmptySerializer(data=request.data).is_valid(raise_exception=True)
        services.mark_read(notification=self.get_object(), at=self.at)
        return Response(self.get_serializer(self.get_object()).data)
