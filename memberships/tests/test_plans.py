"""Plans over HTTP: what the desk may sell."""

import pytest

from classes.tests.factories import ClassTypeFactory
from memberships.models import MembershipPlan
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory

pytestmark = pytest.mark.django_db

URL = "/api/membership_plans"


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def a_month(**changes):
    """Give the body of a plan, for a month of one premium class."""
    body = {"name": "Pilates", "interval_count": 1, "interval_unit": "month"}
    if "class_types" not in changes:
        body["class_types"] = [ClassTypeFactory(is_premium=True).pk]
    return body | changes


def test_a_plan_is_answered_as_it_is_read_and_listed(api):
    pilates, aerial = ClassTypeFactory.create_batch(2, is_premium=True)

    made = api.post(URL, a_month(class_types=[aerial.pk, pilates.pk]))

    assert made.status_code == 201
    assert made.json() == {
        "id": MembershipPlan.objects.get().pk,
        "name": "Pilates",
        "description": "",
        "class_types": [pilates.pk, aerial.pk],
        "interval_count": 1,
        "interval_unit": "month",
        "is_active": True,
    }
    assert api.get(f"{URL}/{made.json()['id']}").json() == made.json()
    assert api.get(URL).json()["results"] == [made.json()]


@pytest.mark.parametrize(
    "interval",
    [
        pytest.param({"interval_count": None, "interval_unit": None}, id="null"),
        pytest.param({}, id="left out"),
    ],
)
def test_a_plan_without_count_and_unit_is_open_ended(api, interval):
    body = {"name": "For good", "class_types": [ClassTypeFactory().pk], **interval}

    made = api.post(URL, body)

    assert made.status_code == 201
    assert (made.json()["interval_count"], made.json()["interval_unit"]) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"interval_count": 0}, [("min_value", "interval_count")]),
        ({"interval_count": -1}, [("min_value", "interval_count")]),
        ({"interval_count": 1.5}, [("invalid", "interval_count")]),
        ({"interval_count": "1"}, [("invalid", "interval_count")]),
        ({"interval_count": True}, [("invalid", "interval_count")]),
        ({"interval_count": 1201}, [("max_value", "interval_count")]),
        ({"interval_count": 2**63}, [("max_value", "interval_count")]),
        ({"interval_count": 10**400}, [("max_value", "interval_count")]),
        ({"interval_count": 101, "interval_unit": "year"}, [("max_value", "interval_count")]),
        ({"interval_count": None}, [("required", "interval_count")]),
        ({"interval_unit": None}, [("required", "interval_unit")]),
        ({"interval_unit": "quarter"}, [("invalid_choice", "interval_unit")]),
        ({"interval_unit": ""}, [("invalid_choice", "interval_unit")]),
        ({"interval_unit": "Month"}, [("invalid_choice", "interval_unit")]),
        ({"class_types": []}, [("empty", "class_types")]),
        ({"class_types": None}, [("null", "class_types")]),
        ({"class_types": 1}, [("not_a_list", "class_types")]),
        ({"class_types": [999_999]}, [("does_not_exist", "class_types")]),
        ({"class_types": ["1"]}, [("incorrect_type", "class_types")]),
        ({"name": ""}, [("blank", "name")]),
        ({"name": "a" * 101}, [("max_length", "name")]),
        ({"is_active": "yes"}, [("invalid", "is_active")]),
    ],
    ids=str,
)
def test_a_malformed_plan_is_a_400_that_names_the_field(api, wrong, errors):
    answer = api.post(URL, a_month(**wrong))

    assert (answer.status_code, errors_of(answer)) == (400, errors)
    assert not MembershipPlan.objects.exists()


@pytest.mark.parametrize("missing", ["name", "class_types", "interval_count", "interval_unit"])
def test_a_plan_without_one_of_what_it_needs_is_refused(api, missing):
    body = a_month()
    del body[missing]

    answer = api.post(URL, body)

    assert (answer.status_code, errors_of(answer)) == (400, [("required", missing)])
    assert not MembershipPlan.objects.exists()


@pytest.mark.parametrize(
    ("count", "unit"),
    [(36_500, "day"), (5_200, "week"), (1_200, "month"), (100, "year")],
    ids=str,
)
def test_a_plan_lasts_a_hundred_years_at_the_most(api, count, unit):
    longest = api.post(URL, a_month(interval_count=count, interval_unit=unit))
    too_long = api.post(URL, a_month(name="Two", interval_count=count + 1, interval_unit=unit))

    assert longest.status_code == 201
    assert errors_of(too_long) == [("max_value", "interval_count")]
    assert MembershipPlan.objects.count() == 1


def test_two_plans_never_have_one_name(api):
    MembershipPlanFactory(name="Pilates")
    other = MembershipPlanFactory(name="Aerial")

    made = api.post(URL, a_month(name="Pilates"))
    renamed = api.patch(f"{URL}/{other.pk}", {"name": "Pilates"})

    assert (made.status_code, errors_of(made)) == (400, [("unique", "name")])
    assert (renamed.status_code, errors_of(renamed)) == (400, [("unique", "name")])
    assert list(MembershipPlan.objects.order_by("pk").values_list("name", flat=True)) == [
        "Pilates",
        "Aerial",
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"interval_count": None}, ("required", "interval_count")),
        ({"interval_unit": None}, ("required", "interval_unit")),
        ({"interval_unit": "year", "interval_count": 101}, ("max_value", "interval_count")),
        ({"class_types": []}, ("empty", "class_types")),
    ],
    ids=str,
)
def test_an_edit_is_held_to_what_the_plan_would_become(api, change, error):
    plan = MembershipPlanFactory()
    before = api.get(f"{URL}/{plan.pk}").json()

    answer = api.patch(f"{URL}/{plan.pk}", change)

    assert (answer.status_code, errors_of(answer)) == (400, [error])
    assert api.get(f"{URL}/{plan.pk}").json() == before


def test_a_unit_alone_is_changed_only_where_the_count_is_possible_with_it(api):
    plan = MembershipPlanFactory(interval_count=365, interval_unit="day")

    answer = api.patch(f"{URL}/{plan.pk}", {"interval_unit": "year"})

    plan.refresh_from_db()
    assert errors_of(answer) == [("max_value", "interval_count")]
    assert plan.interval_unit == "day"


def test_a_plan_is_edited_in_part(api):
    plan = MembershipPlanFactory()
    aerial = ClassTypeFactory(is_premium=True)

    opened = api.patch(f"{URL}/{plan.pk}", {"class_types": [aerial.pk]})
    retired = api.patch(f"{URL}/{plan.pk}", {"is_active": False})
    open_ended = api.patch(f"{URL}/{plan.pk}", {"interval_count": None, "interval_unit": None})

    assert opened.status_code == retired.status_code == open_ended.status_code == 200
    assert open_ended.json() == {
        "id": plan.pk,
        "name": plan.name,
        "description": "",
        "class_types": [aerial.pk],
        "interval_count": None,
        "interval_unit": None,
        "is_active": False,
    }
    assert api.get(f"{URL}/{plan.pk}").json() == open_ended.json()


def test_a_plan_is_edited_as_a_whole(api):
    plan = MembershipPlanFactory()
    body = a_month(name="Aerial", interval_count=2, interval_unit="week", description="Up there")

    answer = api.put(f"{URL}/{plan.pk}", body)

    assert answer.status_code == 200
    assert answer.json() == {"id": plan.pk, "is_active": True, **body}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("is_active=true", ["Pilates", "Aerial"], id="what is sold"),
        pytest.param("is_active=false", ["Old"], id="what is sold no more"),
        pytest.param("class_type={pilates}", ["Pilates", "Old"], id="what opens a class"),
        pytest.param("search=aer", ["Aerial"], id="a part of the name"),
    ],
)
def test_plans_are_found(api, query, found):
    pilates, aerial = ClassTypeFactory.create_batch(2, is_premium=True)
    MembershipPlanFactory(name="Pilates", class_types=[pilates])
    MembershipPlanFactory(name="Aerial", class_types=[aerial])
    MembershipPlanFactory(name="Old", class_types=[aerial, pilates], is_active=False)

    rows = api.get(f"{URL}?{query.format(pilates=pilates.pk)}").json()["results"]

    assert [row["name"] for row in rows] == found


def test_a_plan_that_was_sold_is_not_deleted(api):
    membership = MembershipFactory()

    answer = api.delete(f"{URL}/{membership.plan.pk}")

    assert answer.status_code == 409
    [error] = answer.json()["errors"]
    assert error["code"] == "protected"
    assert error["facts"] == {"held_by": {"memberships": [membership.pk]}}
    assert MembershipPlan.objects.get() == membership.plan


def test_a_plan_that_was_never_sold_can_be_deleted(api):
    plan = MembershipPlanFactory()

    answer = api.delete(f"{URL}/{plan.pk}")

    assert answer.status_code == 204
    assert not MembershipPlan.objects.exists()


def test_a_class_type_that_a_plan_opens_is_not_deleted(api):
    plan = MembershipPlanFactory()
    [opened] = plan.class_types.all()

    answer = api.delete(f"/api/class_types/{opened.pk}")

    assert answer.status_code == 409
    [error] = answer.json()["errors"]
    assert error["code"] == "protected"
    assert error["facts"] == {"held_by": {"membership plans": [plan.pk]}}
    assert list(plan.class_types.all()) == [opened]
