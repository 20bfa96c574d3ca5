"""
What a request that the database ended in the middle is answered.

The fault is put where it happens in life: between the application and the database.
"""

from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from zeal import zeal_ignore

from core.errors import Busy
from core.tests.operations import BODIES, CREATED, make
from core.transactions import TRIES, in_transaction

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERED_IN_OTHER_WORDS = {"entries"}


@contextmanager
def ended_by_the_database(*, times, at_write):
    """End the first transactions at their nth statement that writes."""
    ended, writes = 0, 0

    def execute(run, sql, params, many, context):
        nonlocal ended, writes
        result = run(sql, params, many, context)
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            writes += 1
            if writes == at_write and ended < times:
                ended, writes = ended + 1, 0
                raise OperationalError("database is locked")
        return result

    # The second try asks again what the first one asked, which is no N+1.
    with connection.execute_wrapper(execute), zeal_ignore():
        yield


def test_what_is_created_at_the_second_try_is_as_if_it_were_the_first(api):
    broken = {}

    # One after the other: to empty the tables for each took most of the time.
    for address in CREATED:
        body = BODIES[address](api, 99)
        before = api.get(address).json()["count"]

        with ended_by_the_database(times=1, at_write=1):
            response = api.post(address, body)

        answer, after = response.json(), api.get(address).json()["count"]
        same = body.keys() - ANSWERED_IN_OTHER_WORDS
        other = {name: answer.get(name) for name in same if answer.get(name) != body[name]}
        if (response.status_code, other, after) != (201, {}, before + 1):
            broken[address] = response.status_code, other, after - before

    assert not broken, str(broken)


def test_a_customer_created_at_the_second_try_is_in_their_segments(api):
    segment = make(api, "/api/segments")["id"]
    body = BODIES["/api/customers"](api, 5) | {"segments": [segment]}

    with ended_by_the_database(times=1, at_write=2):
        response = api.post("/api/customers", body)

    assert (response.status_code, response.json()["segments"]) == (201, [segment])
    assert api.get(f"/api/customers/{response.json()['id']}").json()["segments"] == [segment]


def test_a_plan_created_at_the_second_try_opens_its_classes(api):
    body = BODIES["/api/membership_plans"](api, 5)

    with ended_by_the_database(times=1, at_write=2):
        response = api.post("/api/membership_plans", body)

    assert (response.status_code, response.json()["class_types"]) == (201, body["class_types"])
    assert api.get("/api/membership_plans").json()["results"] == [response.json()]


def test_a_customer_edited_at_the_second_try_is_in_their_segments(api):
    segment, customer = make(api, "/api/segments")["id"], make(api, "/api/customers")["id"]
    path = f"/api/customers/{customer}"

    with ended_by_the_database(times=1, at_write=2):
        response = api.patch(path, {"first_name": "Berta", "segments": [segment]})

    assert (response.status_code, response.json()["segments"]) == (200, [segment])
    assert api.get(path).json()["first_name"] == "Berta"


def test_a_contention_that_does_not_end_is_a_503_that_says_when_to_come_back(api, no_waiting):
    with ended_by_the_database(times=TRIES, at_write=1):
        response = api.post("/api/class_types", {"name": "Yoga"})

    assert response.status_code == 503
    assert response["Retry-After"] == "1"
    assert response.json() == {
        "type": "server_error",
        "errors": [
            {
                "code": "busy",
                "detail": "Too many requests met at the same place. "
                "Nothing was written; try again.",
                "attr": None,
                "facts": {},
            }
        ],
    }
    assert api.get("/api/class_types").json()["count"] == 0


def test_the_last_try_counts(api, no_waiting):
    with ended_by_the_database(times=TRIES - 1, at_write=1):
        response = api.post("/api/class_types", {"name": "Yoga"})

    assert response.status_code == 201


def test_another_fault_of_the_database_is_not_tried_again():
    tries = []

    @in_transaction
    def fail():
        tries.append(1)
        raise OperationalError("no such table")

    with pytest.raises(OperationalError, match="no such table"):
        fail()

    assert len(tries) == 1


def test_inside_a_transaction_only_the_outermost_is_run_again(no_waiting):
    tries = {"outer": 0, "inner": 0}

    @in_transaction
    def inner():
        tries["inner"] += 1
        raise OperationalError("database is locked")

    @in_transaction
    def outer():
        tries["outer"] += 1
        inner()

    with pytest.raises(Busy):
        outer()

    assert tries == {"outer": TRIES, "inner": TRIES}
