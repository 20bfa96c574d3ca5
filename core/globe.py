"""Distances on the globe, between places given in degrees. Pure."""

from math import asin, cos, degrees, radians, sin, sqrt
from typing import NamedTuple

# The mean radius of the Earth, R1, as the International Union of Geodesy and Geophysics gives it.
EARTH_RADIUS_KM = 6371.0088
# A millimetre: what is written at exactly a limit is not beyond it for its last binary digit.
TOLERANCE_KM = 1e-6

Span = tuple[float, float]


class Place(NamedTuple):
    latitude: float
    longitude: float


class Box(NamedTuple):
    """Parallels and meridians around a place."""

    south: float
    north: float
    # Across the date line there are two; else both are the same.
    spans: tuple[Span, Span]


def distance_km(one: Place, other: Place) -> float:
    """
    Give the length in km of the great circle between two places.

    By the haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68,
    1984), on a sphere of the Earth's mean radius.
    """
    south, north = radians(one.latitude), radians(other.latitude)
    across = sin(radians(other.longitude - one.longitude) / 2)
    half_chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * across**2
    # For antipodes rounding could carry it past 1.
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, half_chord)))


def known_distance_km(one: Place | None, other: Place | None) -> float | None:
    """Give the distance of two places, None where nobody knows one of them."""
    return distance_km(one, other) if one and other else None


def is_within(distance: float, limit_km: float) -> bool:
    """Say whether a distance is at most the limit; exactly at it is within."""
    return distance <= limit_km + TOLERANCE_KM


def box_around(place: Place, radius_km: float) -> Box:
    """
    Give a box that holds every place within the radius, for an index to start from.

    It is a hair larger than the circle, so that rounding leaves nobody out at its edge.
    """
    angle = (radius_km * (1 + 1e-9) + 2 * TOLERANCE_KM) / EARTH_RADIUS_KM
    south, north = place.latitude - degrees(angle), place.latitude + degrees(angle)
    if south <= -90 or north >= 90:
        # A pole is inside, and with it every meridian.
        return Box(max(south, -90.0), min(north, 90.0), ((-180.0, 180.0), (-180.0, 180.0)))
    # Where a meridian touches the circle, which is not at the place's own latitude.
    across = degrees(asin(min(1.0, sin(angle) / cos(radians(place.latitude))))) * (1 + 1e-9)
    west, east = place.longitude - across, place.longitude + across
    if west < -180:
        return Box(south, north, ((west + 360, 180.0), (-180.0, east)))
    if east > 180:
        return Box(south, north, ((west, 180.0), (-180.0, east - 360)))
    return Box(south, north, ((west, east), (west, east)))
