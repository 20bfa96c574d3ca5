import pytest
from django.db import IntegrityError, transaction

from classes.tests.factories import ClassSessionFactory, ClassTypeFactory

URL = "/api/class_types"


def test_a_class_type_needs_only_a_name(api):
    response = api.post(URL, {"name": "Yoga"})

    assert response.status_code == 201
    assert response.json() == {
        "id": response.json()["id"],
        "name": "Yoga",
        "description": "",
        "duration_minutes": 60,
        "capacity": None,
        "late_cancel_cutoff_minutes": 0,
        "is_premium": False,
    }


@pytest.mark.parametrize(
    ("field", "lowest", "highest"),
    [
        ("duration_minutes", 1, 7 * 24 * 60),
        ("capacity", 0, 100_000),
        ("late_cancel_cutoff_minutes", 0, 31 * 24 * 60),
    ],
)
def test_a_number_has_its_limits_and_the_database_knows_them(api, field, lowest, highest):
    answers = {
        value: api.post(URL, {"name": "Yoga", field: value}).status_code
        for value in (lowest - 1, lowest, highest, highest + 1)
    }

    assert answers == {lowest - 1: 400, lowest: 201, highest: 201, highest + 1: 400}
    for value in (lowest - 1, highest + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClassTypeFactory(**{field: value})


@pytest.mark.parametrize(("asked", "found"), [("true", "Boxing"), ("false", "Yoga")])
def test_class_types_are_found_by_whether_they_are_premium(api, asked, found):
    ClassTypeFactory(name="Yoga")
    ClassTypeFactory(name="Boxing", is_premium=True)

    rows = api.get(URL, {"is_premium": asked}).json()["results"]

    assert [row["name"] for row in rows] == [found]


def test_editing_a_class_type_leaves_its_sessions_as_they_are(api):
    session = ClassSessionFactory(class_type__capacity=10)

    response = api.patch(f"{URL}/{session.class_type_id}", {"capacity": 5, "duration_minutes": 30})

    assert response.status_code == 200
    session.refresh_from_db()
    assert (session.capacity, session.duration_minutes) == (10, 60)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"duration_minutes": 0}, id="no duration"),
        pytest.param({"status": "moved"}, id="an unknown status"),
        pytest.param({"capacity": 2, "booked_count": 3}, id="one booking too many"),
    ],
)
@pytest.mark.django_db
def test_the_database_itself_refuses_an_impossible_session(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassSessionFactory(**values)
