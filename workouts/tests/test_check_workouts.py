from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.tests.factories import CustomerFactory
from workouts.tests.factories import NOON, EntryFactory, ExerciseFactory
from workouts.tests.training import lift, log, replace

pytestmark = pytest.mark.django_db


def check(**options):
    printed = StringIO()
    call_command("check_workouts", stdout=printed, **options)
    return printed.getvalue().splitlines()


def test_what_services_write_is_right():
    press = ExerciseFactory()
    workout = log(CustomerFactory(), NOON, (press, lift(5, 80)))
    replace(workout, (press, lift(5, 90)), (press,))

    assert check() == ["2 entries checked: every customer is right."]


def test_an_entry_of_another_customer_is_named_and_repaired():
    EntryFactory()
    wrong = EntryFactory(customer=CustomerFactory())
    right = wrong.workout.customer
    printed = StringIO()

    with pytest.raises(CommandError, match=r"^Differences: 1\. --repair puts them right\.$"):
        call_command("check_workouts", stdout=printed)

    sentence = f"Entry {wrong.pk}: customer {wrong.customer_id}, its workout's is {right.pk}."
    assert printed.getvalue() == f"{sentence}\n"
    done = "2 entries checked: every customer is right."
    assert check(repair=True) == [sentence, "Repaired: 1.", done]
    assert check() == [done]
    wrong.refresh_from_db()
    assert wrong.customer == right
