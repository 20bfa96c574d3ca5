"""Plans and class types in the admin: the API's rules, and a warning where nobody can book."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from classes.tests.factories import ClassTypeFactory
from memberships.models import MembershipPlan
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory

pytestmark = pytest.mark.django_db

PLANS = "/admin/memberships/membershipplan/"
TYPES = "/admin/classes/classtype/"


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


def change(url, obj):
    return f"{url}{obj.pk}/change/"


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def asked_for(class_types, **values):
    return {
        "name": "Aerial, monthly",
        "description": "",
        "class_types": [one.pk for one in class_types],
        "interval_count": "1",
        "interval_unit": "month",
        "is_active": "on",
        **values,
    }


@pytest.mark.parametrize(
    ("url", "make"),
    [
        pytest.param(PLANS, MembershipPlanFactory, id="plans"),
        pytest.param(TYPES, lambda: ClassTypeFactory(is_premium=True), id="class types"),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


# --- Plans ----------------------------------------------------------------------------------------


def test_a_plan_is_made_with_the_classes_that_it_opens(admin_client):
    aerial = ClassTypeFactory(is_premium=True)

    admin_client.post(PLANS + "add/", asked_for([aerial]))

    plan = MembershipPlan.objects.get()
    assert (plan.name, plan.interval, plan.is_active) == ("Aerial, monthly", "1 month", True)
    assert list(plan.class_types.all()) == [aerial]


def test_a_plan_without_an_interval_lasts_until_cancelled(admin_client):
    body = asked_for([ClassTypeFactory()], interval_count="", interval_unit="")

    admin_client.post(PLANS + "add/", body)

    plan = MembershipPlan.objects.get()
    assert (plan.interval_count, plan.interval_unit) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        pytest.param(
            {"interval_unit": ""},
            {"interval_unit": ["A count needs its unit."]},
            id="no unit",
        ),
        pytest.param(
            {"interval_count": ""},
            {"interval_count": ["A unit needs its count."]},
            id="no count",
        ),
        pytest.param(
            {"interval_count": "0"},
            {"interval_count": ["Ensure this value is greater than or equal to 1."]},
            id="zero",
        ),
        pytest.param(
            {"interval_count": "1201"},
            {"interval_count": ["At most 1200 months."]},
            id="more than a hundred years",
        ),
        pytest.param(
            {"class_types": []},
            {"class_types": ["A plan opens at least one class type."]},
            id="no class type",
        ),
        pytest.param(
            {"name": "Taken"},
            {"name": ["Membership plan with this Name already exists."]},
            id="the name of another",
        ),
    ],
)
def test_a_wrong_plan_is_told_and_not_written(admin_client, wrong, errors):
    MembershipPlanFactory(name="Taken")

    answer = admin_client.post(PLANS + "add/", asked_for([ClassTypeFactory()]) | wrong)

    assert errors_on(answer) == errors
    assert MembershipPlan.objects.count() == 1
    assert LogEntry.objects.count() == 0


def test_a_plan_that_was_sold_is_not_deleted(admin_client):
    membership = MembershipFactory()

    answer = admin_client.post(f"{PLANS}{membership.plan_id}/delete/", {"post": "yes"})

    assert said_in(answer) == ["This cannot be deleted: memberships refer to it."]
    assert MembershipPlan.objects.count() == 1


# --- Class types ----------------------------------------------------------------------------------

NOBODY = "No plan opens this premium class: nobody can book it."
NOBODY_NEW = (
    "No plan on sale opens this premium class: only customers whose plan is not sold any more "
    "can book it."
)


def opened_by(**plan):
    class_type = ClassTypeFactory(is_premium=True)
    MembershipPlanFactory(class_types=[class_type], **plan)
    return class_type


@pytest.mark.parametrize(
    ("make", "mark", "warning"),
    [
        pytest.param(ClassTypeFactory, "Everyone", None, id="not premium"),
        pytest.param(opened_by, "Members", None, id="a plan on sale"),
        pytest.param(
            lambda: opened_by(is_active=False), "No plan on sale", NOBODY_NEW, id="a retired plan"
        ),
        pytest.param(lambda: ClassTypeFactory(is_premium=True), "Nobody", NOBODY, id="no plan"),
    ],
)
def test_a_premium_class_type_that_no_plan_opens_is_marked(admin_client, make, mark, warning):
    class_type = make()

    its_page = admin_client.get(change(TYPES, class_type))
    row = admin_client.get(TYPES).context["results"][0]

    assert its_page.context["warning"] == warning
    assert ("can book it" in its_page.content.decode()) is (warning is not None)
    assert mark in str(row)


def test_class_types_are_filtered_by_who_may_book_them(admin_client):
    ClassTypeFactory()
    opened_by()
    forgotten = ClassTypeFactory(is_premium=True)

    answer = admin_client.get(TYPES, {"access": "nobody"})

    assert list(answer.context["cl"].result_list) == [forgotten]
