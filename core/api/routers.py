from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import APIRootView, DefaultRouter

from core.api.views import StrictParameters


class Resources(StrictParameters, APIRootView):
    """Everything that the API has lists of."""


class OpenApiDocument(StrictParameters, SpectacularAPIView):
    """The OpenAPI document of this API."""


class SwaggerUi(StrictParameters, SpectacularSwaggerView):
    """The documentation to read and try, with nothing from outside."""


class BothSlashesRouter(DefaultRouter):
    """Answers with and without a trailing slash, neither by redirect."""

    include_format_suffixes = False
    APIRootView = Resources

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"
