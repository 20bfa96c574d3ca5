from rest_framework.routers import APIRootView, DefaultRouter

from core.api.views import StrictParameters


class Resources(StrictParameters, APIRootView):
    """Everything that the API has lists of."""


class BothSlashesRouter(DefaultRouter):
    """Answers with and without a trailing slash, neither by redirect."""

    include_format_suffixes = False
    APIRootView = Resources

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"
