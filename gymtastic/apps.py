from django.apps import AppConfig
from django.conf import settings


class GymtasticConfig(AppConfig):
    name = "gymtastic"

    def ready(self) -> None:
        if settings.REDIS_URL:
            # Makes it the app by which `core.work` wakes workers. Importing it costs a moment,
            # which whoever has no Redis is spared.
            import gymtastic.celery  # noqa: F401
