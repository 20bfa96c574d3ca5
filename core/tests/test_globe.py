"""
Distances and boxes on the globe, against plain arithmetic with vectors in space.

The reference shares nothing with the haversine formula: it turns both places into arrows from
the middle of the Earth and measures the angle between them.
"""

from math import atan2, cos, degrees, hypot, pi, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from core.globe import EARTH_RADIUS_KM, Place, box_around, distance_km, is_within

FIXED = hypothesis(derandomize=True, database=None, deadline=None, max_examples=120)
THOROUGH = hypothesis(FIXED, max_examples=5_000)
LONGEST_KM = 20_000
# The formula is least exact near the other side of the Earth.
TO_THE_ANTIPODE = pi * EARTH_RADIUS_KM

latitudes = st.one_of(
    st.floats(-90, 90),
    st.sampled_from([-90.0, -89.999999, -1e-9, 0.0, 52.5, 89.999999, 90.0]),
)
longitudes = st.one_of(
    st.floats(-180, 180),
    st.sampled_from([-180.0, -179.999999, -1e-9, 0.0, 13.4, 179.999999, 180.0]),
)
places = st.builds(Place, latitudes, longitudes)
radii = st.one_of(
    st.floats(0.001, LONGEST_KM), st.floats(0.001, 5), st.sampled_from([0.001, 2.0, LONGEST_KM])
)
directions = st.floats(0, 2 * pi)


# --- The reference ------------------------------------------------------------------------------


def arrow_to(place):
    latitude, longitude = radians(place.latitude), radians(place.longitude)
    return (
        cos(latitude) * cos(longitude),
        cos(latitude) * sin(longitude),
        sin(latitude),
    )


def distance_by_arrows(one, other):
    (a, b, c), (x, y, z) = arrow_to(one), arrow_to(other)
    cross = hypot(b * z - c * y, c * x - a * z, a * y - b * x)
    return EARTH_RADIUS_KM * atan2(cross, a * x + b * y + c * z)


def walked(start, direction, km):
    """Give where one arrives who leaves in a direction and goes straight on."""
    latitude, longitude = radians(start.latitude), radians(start.longitude)
    angle = km / EARTH_RADIUS_KM
    up = arrow_to(start)
    north = (
        -sin(latitude) * cos(longitude),
        -sin(latitude) * sin(longitude),
        cos(latitude),
    )
    east = (-sin(longitude), cos(longitude), 0.0)
    x, y, z = (
        cos(angle) * u + sin(angle) * (cos(direction) * n + sin(direction) * e)
        for u, n, e in zip(up, north, east, strict=True)
    )
    return Place(degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x)))


def is_in(box, place):
    return box.south <= place.latitude <= box.north and any(
        west <= place.longitude <= east for west, east in box.spans
    )


# --- Distances ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        pytest.param(Place(0, 0), Place(0, 0), 0.0, id="nowhere"),
        pytest.param(Place(0, 0), Place(0, 1), 111.195, id="a degree along the equator"),
        pytest.param(Place(60, 0), Place(60, 1), 55.597, id="a degree along the 60th"),
        pytest.param(Place(0, 179.5), Place(0, -179.5), 111.195, id="across the date line"),
        pytest.param(Place(0, 180), Place(0, -180), 0.0, id="the date line has two names"),
        pytest.param(Place(90, 0), Place(90, 123.4), 0.0, id="a pole has every longitude"),
        pytest.param(Place(89.5, 10), Place(89.5, -170), 111.195, id="over the north pole"),
        pytest.param(Place(-89.5, 10), Place(-89.5, -170), 111.195, id="over the south pole"),
        pytest.param(Place(90, 0), Place(-90, 0), 20_015.114, id="from pole to pole"),
        pytest.param(Place(0, 0), Place(0, 180), 20_015.114, id="to the other side"),
        pytest.param(Place(52.52, 13.405), Place(48.137, 11.575), 504.339, id="Berlin to Munich"),
    ],
)
def test_distances_that_are_known(one, other, km):
    assert round(distance_km(one, other), 3) == km
    assert distance_km(other, one) == distance_km(one, other)


def check_the_distance(one, other):
    found = distance_km(one, other)

    # Twenty centimetres where no promotion reaches, a thousandth of a millimetre elsewhere.
    exact_to = 2e-4 if found > LONGEST_KM else 1e-9
    assert abs(found - distance_by_arrows(one, other)) <= exact_to
    assert 0 <= found <= TO_THE_ANTIPODE


@given(one=places, other=places)
@example(one=Place(52.5, 13.4), other=Place(-52.5, -166.6))
@FIXED
def test_a_distance_is_the_angle_between_two_arrows(one, other):
    check_the_distance(one, other)


@pytest.mark.slow
@given(one=places, other=places)
@THOROUGH
def test_any_distance_is_the_angle_between_two_arrows(one, other):
    check_the_distance(one, other)


@pytest.mark.parametrize(
    ("distance", "limit_km", "is_near"),
    [
        pytest.param(1.999, 2.0, True, id="nearer"),
        pytest.param(2.0, 2.0, True, id="exactly at the limit"),
        pytest.param(2.0 + 1e-7, 2.0, True, id="a rounding error beyond it"),
        pytest.param(2.00001, 2.0, False, id="a centimetre beyond it"),
        pytest.param(2.0015, 2.0, False, id="beyond it"),
    ],
)
def test_exactly_at_the_limit_is_within_it(distance, limit_km, is_near):
    assert is_within(distance, limit_km) is is_near


# Every such place is written down as somebody's position: rounding puts some a hair beyond.
@given(start=places, direction=directions, km=radii)
@FIXED
def test_who_walks_exactly_as_far_as_the_limit_is_within_it(start, direction, km):
    assert is_within(distance_km(start, walked(start, direction, km)), km)


# --- Boxes --------------------------------------------------------------------------------------


def check_the_box(centre, radius_km, direction):
    place = walked(centre, direction, radius_km)

    assert is_in(box_around(centre, radius_km), place)


@given(centre=places, radius_km=radii, direction=directions)
@example(centre=Place(52.5, 13.4), radius_km=2.0, direction=pi / 2)
@example(centre=Place(0.0, 179.999999), radius_km=2.0, direction=pi / 2)
@example(centre=Place(0.0, -179.999999), radius_km=2.0, direction=3 * pi / 2)
@example(centre=Place(89.99, 0.0), radius_km=2.0, direction=0.0)
@example(centre=Place(-89.99, 0.0), radius_km=2.0, direction=pi)
@FIXED
def test_a_box_leaves_out_nobody_at_the_edge_of_the_circle(centre, radius_km, direction):
    check_the_box(centre, radius_km, direction)


@pytest.mark.slow
@given(centre=places, radius_km=radii, direction=directions)
@THOROUGH
def test_no_box_leaves_out_anybody_at_the_edge_of_the_circle(centre, radius_km, direction):
    check_the_box(centre, radius_km, direction)


@pytest.mark.slow
@given(centre=places, radius_km=radii, place=places)
@THOROUGH
def test_no_box_leaves_out_anybody_who_is_within_the_radius(centre, radius_km, place):
    if is_within(distance_km(centre, place), radius_km):
        assert is_in(box_around(centre, radius_km), place)


# Here the meridians that touch the circle do so far north of its middle.
@pytest.mark.parametrize("latitude", [0.0, 52.5, 80.0, 89.9, -52.5, -89.9])
@pytest.mark.parametrize("longitude", [13.4, 179.99, -179.99])
@pytest.mark.parametrize("radius_km", [0.001, 2.0, 10.0, 500.0])
def test_a_box_holds_the_whole_circle(latitude, longitude, radius_km):
    centre = Place(latitude, longitude)
    box = box_around(centre, radius_km)

    circle = [walked(centre, step * pi / 180, radius_km) for step in range(360)]

    assert [place for place in circle if not is_in(box, place)] == []


@pytest.mark.parametrize(
    ("centre", "radius_km", "spans"),
    [
        pytest.param(Place(0, 13.4), 111.195, [(12.4, 14.4), (12.4, 14.4)], id="one"),
        pytest.param(Place(0, 179.5), 111.195, [(178.5, 180), (-180, -179.5)], id="to the east"),
        pytest.param(Place(0, -179.5), 111.195, [(179.5, 180), (-180, -178.5)], id="to the west"),
        pytest.param(Place(89.5, 0), 111.195, [(-180, 180), (-180, 180)], id="around a pole"),
        pytest.param(Place(-89.5, 0), 111.195, [(-180, 180), (-180, 180)], id="the other pole"),
        pytest.param(Place(52.5, 0), 20_000, [(-180, 180), (-180, 180)], id="all the Earth"),
    ],
)
def test_a_box_across_the_date_line_is_in_two_halves(centre, radius_km, spans):
    found = box_around(centre, radius_km).spans

    assert [(round(west, 5), round(east, 5)) for west, east in found] == spans


@pytest.mark.parametrize("latitude", [0.0, 52.5, -80.0])
def test_a_box_is_hardly_larger_than_its_circle(latitude):
    centre = Place(latitude, 13.4)
    circle = [walked(centre, step * pi / 1800, 2.0) for step in range(3600)]

    south, north, ((west, east), _) = box_around(centre, 2.0)

    # Two hundredths of a millimetre in a degree, and a sixth of one where meridians are close.
    assert north - max(place.latitude for place in circle) < 1e-7
    assert min(place.latitude for place in circle) - south < 1e-7
    assert east - max(place.longitude for place in circle) < 1e-6
    assert min(place.longitude for place in circle) - west < 1e-6
