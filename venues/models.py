from django.db import models

from core.positions import Positioned


class Venue(Positioned):
    """A partner of the gym, such as a burger bar, that offers its customers something."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [*Positioned.Meta.constraints]
        indexes = [*Positioned.Meta.indexes]

    def __str__(self) -> str:
        return self.name
