from typing import Any

from django.http import HttpResponse
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from rest_framework.request import Request

from core.api.views import StrictParameters
from core.metrics import exposition


class Metrics(StrictParameters):
    """What Prometheus asks for. Where the API is closed this needs a key, too."""

    schema = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # Prometheus asks for text, which the renderers, made for refusals, do not offer.
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(exposition(self.at), content_type=CONTENT_TYPE_PLAIN_0_0_4)
