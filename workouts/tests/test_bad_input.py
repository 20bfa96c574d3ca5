"""What makes no sense is a 400 that names the whole path, and nothing is written."""

import pytest

from core.tests.operations import every_row
from customers.tests.factories import CustomerFactory
from workouts.tests.factories import ExerciseFactory
from workouts.tests.training import body, entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

WORKOUTS = "/api/workouts"
FIVES = {"reps": 5, "weight_kg": 80}
JOG = {"duration_seconds": 1800}


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def is_refused(api, sent, *errors):
    before = every_row()

    answer = api.post(WORKOUTS, sent)

    assert (answer.status_code, errors_of(answer)) == (400, list(errors))
    assert every_row() == before


@pytest.fixture
def exercises():
    return {"strength": ExerciseFactory(), "cardio": ExerciseFactory(cardio=True)}


@pytest.mark.parametrize(
    ("kind", "field", "values", "code"),
    [
        ("strength", "reps", [0, -1, -(10**30)], "min_value"),
        ("strength", "reps", [1001, 10**30], "max_value"),
        ("strength", "reps", [5.5, "5", True, [], {}], "invalid"),
        ("strength", "weight_kg", [-0.001, "-0.001", -(10**30)], "min_value"),
        ("strength", "weight_kg", [1000.001, "1000.001", 10**30], "max_value"),
        ("strength", "weight_kg", [0.0001, "80.0001", 1 / 3], "max_decimal_places"),
        (
            "strength",
            "weight_kg",
            ["", "ten", "1e2", 1e300, "8,5", "NaN", "\uff15", "9" * 400, 10**400, True, [], {}],
            "invalid",
        ),
        ("strength", "rpe", [0.5, 0, -1], "min_value"),
        ("strength", "rpe", [10.5, 11], "max_value"),
        ("strength", "rpe", [7.25, 9.9], "max_decimal_places"),
        ("strength", "rpe", ["7", True, [], {}], "invalid"),
        ("strength", "type", ["super", "Normal", "", 5, None, [], {}], None),
        ("strength", "position", [1.5, "1", True, [], {}], "invalid"),
        ("strength", "position", [-1], "min_value"),
        ("strength", "position", [10_001], "max_value"),
        ("strength", "position", [None], "null"),
        ("strength", "reps", [None], "required"),
        ("strength", "weight_kg", [None], "required"),
        ("strength", "duration_seconds", [60], "wrong_kind"),
        ("strength", "distance_m", [100], "wrong_kind"),
        ("strength", "calories", [0], "wrong_kind"),
        ("cardio", "duration_seconds", [0, -1], "min_value"),
        ("cardio", "duration_seconds", [86_401], "max_value"),
        ("cardio", "duration_seconds", [None], "required"),
        ("cardio", "distance_m", [0, -0.0, -5], "min_value"),
        ("cardio", "distance_m", ["1000000.001", 10**9], "max_value"),
        ("cardio", "calories", [-1], "min_value"),
        ("cardio", "calories", [100_001], "max_value"),
        ("cardio", "calories", [0.5, "100"], "invalid"),
        ("cardio", "reps", [5], "wrong_kind"),
        ("cardio", "weight_kg", [0], "wrong_kind"),
        ("cardio", "id", [1], "unknown_field"),
    ],
)
def test_a_set_has_possible_values_of_its_own_kind(api, exercises, kind, field, values, code):
    customer, whole = CustomerFactory(), FIVES if kind == "strength" else JOG
    first = entry(exercises["strength"], FIVES)

    for value in values:
        bad = entry(exercises[kind], whole, whole, whole | {field: value})
        if field == "position":
            bad["sets"] = [whole | {"position": 3 + place} for place in range(2)] + bad["sets"][2:]

        answer = api.post(WORKOUTS, body(customer, first, bad))

        [(its, path)] = errors_of(answer)
        assert (answer.status_code, path) == (400, f"entries.1.sets.2.{field}"), value
        assert code in {its, None}, value
    assert not customer.workouts.exists()


@pytest.mark.parametrize(
    ("missing", "whole"),
    [
        ("reps", FIVES),
        ("weight_kg", FIVES),
        ("duration_seconds", JOG | {"distance_m": 5, "calories": 5}),
    ],
)
def test_a_set_needs_what_its_kind_is_made_of(api, exercises, missing, whole):
    exercise = exercises["cardio" if "calories" in whole else "strength"]
    half = {name: value for name, value in whole.items() if name != missing}

    sent = body(CustomerFactory(), entry(exercise, whole, half))

    is_refused(api, sent, ("required", f"entries.0.sets.1.{missing}"))


def test_an_exercise_has_to_exist_however_deep_it_stands(api, exercises):
    entries = [entry(exercises["strength"], FIVES) for _ in range(4)]
    customer = CustomerFactory()

    for unknown in (999_999, 2**63 - 1):
        entries[3]["exercise"] = unknown
        is_refused(api, body(customer, *entries), ("does_not_exist", "entries.3.exercise"))
    for value, code in [(0, "min_value"), ("1", "invalid"), (1.0, "invalid"), (None, "null")]:
        entries[3]["exercise"] = value
        is_refused(api, body(customer, *entries), (code, "entries.3.exercise"))


def test_a_workout_needs_a_customer_who_exists(api):
    sent = body(CustomerFactory())

    is_refused(api, sent | {"customer": 999_999}, ("does_not_exist", "customer"))


def test_51_entries_and_101_sets_are_too_many(api, exercises):
    customer, press = CustomerFactory(), exercises["strength"]

    is_refused(api, body(customer, *[entry(press)] * 51), ("max_length", "entries"))
    sets = entry(press, *[FIVES] * 101)
    is_refused(api, body(customer, entry(press), sets), ("max_length", "entries.1.sets"))


def test_what_is_no_list_or_no_object_is_named(api, exercises):
    customer, press = CustomerFactory(), exercises["strength"]

    is_refused(api, body(customer) | {"entries": {}}, ("not_a_list", "entries"))
    is_refused(api, body(customer, entry(press), 5), ("invalid", "entries.1"))
    is_refused(api, body(customer, entry(press, [])), ("invalid", "entries.0.sets.0"))
    is_refused(api, body(customer, entry(press) | {"sets": None}), ("null", "entries.0.sets"))


def test_everything_that_is_wrong_with_the_shape_is_told_at_once(api, exercises):
    press = exercises["strength"]
    odd = entry(press, FIVES, {"reps": 0, "repz": 5}, colour="red", note=5)

    is_refused(
        api,
        body(CustomerFactory(), odd, {"sets": []}, statuss=1),
        ("unknown_field", "statuss"),
        ("invalid", "entries.0.note"),
        ("unknown_field", "entries.0.colour"),
        ("required", "entries.1.exercise"),
        ("min_value", "entries.0.sets.1.reps"),
        ("unknown_field", "entries.0.sets.1.repz"),
    )


@pytest.mark.parametrize(
    ("positions", "errors"),
    [
        pytest.param([1, 1], [("unique", 1)], id="twice the same"),
        pytest.param([3, 1, 3, 1], [("unique", 2), ("unique", 3)], id="two pairs"),
        pytest.param([1, None], [("required", 1)], id="one without"),
        pytest.param([None, 1, 1], [("required", 0), ("unique", 2)], id="both"),
    ],
)
def test_all_rows_of_a_list_have_a_position_of_their_own_or_none_has(
    api, exercises, positions, errors
):
    press, customer = exercises["strength"], CustomerFactory()
    told = [{} if position is None else {"position": position} for position in positions]

    entries = [entry(press, **each) for each in told]
    sets = entry(press, *(FIVES | each for each in told))

    is_refused(
        api,
        body(customer, *entries),
        *((code, f"entries.{place}.position") for code, place in errors),
    )
    is_refused(
        api,
        body(customer, entry(press), sets),
        *((code, f"entries.1.sets.{place}.position") for code, place in errors),
    )


def test_a_path_is_that_of_the_body_whatever_order_its_positions_ask_for(api, exercises):
    last = entry(exercises["strength"], FIVES | {"position": 9}, JOG | {"position": 2}, position=9)
    first = entry(exercises["cardio"], JOG, position=1)

    sent = body(CustomerFactory(), last, first)

    is_refused(api, sent, ("required", "entries.0.sets.1.reps"))


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e400"])
def test_a_weight_is_a_number(api, exercises, number):
    customer, press = CustomerFactory(), exercises["strength"]
    sent = b'{"customer": %d, "entries": [{"exercise": %d, "sets": [{"weight_kg": %s}]}]}'

    answer = api.post(
        WORKOUTS, sent % (customer.pk, press.pk, number), content_type="application/json"
    )

    assert (answer.status_code, errors_of(answer)) == (400, [("parse_error", None)])


def test_what_is_refused_in_a_put_leaves_the_workout_as_it_was(api, exercises):
    customer, press = CustomerFactory(), exercises["strength"]
    made = api.post(WORKOUTS, body(customer, entry(press, FIVES))).json()
    path, sent = f"{WORKOUTS}/{made['id']}", body(customer, entry(press, FIVES, FIVES), note="new")
    before = every_row()

    for changes, error in [
        ({"entries": [*sent["entries"], entry(press, JOG)]}, "entries.1.sets.0.reps"),
        ({"entries": [*sent["entries"], {"exercise": 999_999}]}, "entries.1.exercise"),
        ({"ended_at": sent["started_at"]}, "ended_at"),
        ({"client_id": "00000000-0000-4000-8000-00000000000f"}, "client_id"),
    ]:
        answer = api.put(path, sent | changes)

        assert (answer.status_code, [path for _, path in errors_of(answer)]) == (400, [error])
    del sent["entries"]
    assert errors_of(api.put(path, sent)) == [("required", "entries")]
    assert every_row() == before
