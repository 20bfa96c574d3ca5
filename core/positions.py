"""A place on earth: latitude and longitude in degrees, both or neither."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.globe import Box, Place

BOTH_OR_NEITHER = "Latitude and longitude come together or not at all."


class Positioned(models.Model):
    """What has a position, or none that is known."""

    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_position_is_whole_and_on_earth",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                violation_error_message=BOTH_OR_NEITHER,
            ),
        ]
        indexes = [
            models.Index(fields=["latitude", "longitude"], name="%(class)s_by_position"),
        ]

    @property
    def place(self) -> Place | None:
        return place_of(self.latitude, self.longitude)


def place_of(latitude: float | None, longitude: float | None) -> Place | None:
    if latitude is None or longitude is None:
        return None
    return Place(latitude, longitude)


def inside(box: Box, path: str = "") -> Q:
    """
    Give the condition that a row lies in a box.

    :param path: leads from the row to what has the position, such as `product__venue__`.
    """
    latitude, longitude = f"{path}latitude__range", f"{path}longitude__range"
    one, other = box.spans
    across = Q(**{longitude: one})
    if other != one:
        across |= Q(**{longitude: other})
    return Q(**{latitude: (box.south, box.north)}) & across
