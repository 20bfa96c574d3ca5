"""Records, progress and stats against a plain reference, whatever was logged, edited, deleted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.tests.factories import CustomerFactory
from workouts import reports, services
from workouts.states import SetType
from workouts.tests import reference
from workouts.tests.factories import ExerciseFactory
from workouts.tests.reference import Logged
from workouts.tests.training import lift, log, replace, run

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution
WEEK = timedelta(weeks=1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]
# Where a week, a year of 52 or 53 weeks, or a day of 23 or 25 hours begins or ends.
DAYS = [date(2020, 12, 28), date(2021, 1, 4), date(2020, 10, 26), date(2021, 3, 29)]
midnights = st.builds(
    lambda day, weeks, zone: datetime.combine(
        day + weeks * WEEK, datetime.min.time(), tzinfo=ZoneInfo(zone)
    ).astimezone(UTC),
    st.sampled_from(DAYS),
    st.integers(-3, 3),
    st.sampled_from(ZONES),
)
moments = st.builds(
    lambda midnight, ticks: midnight + ticks * TICK, midnights, st.sampled_from([-1, 0, 0, 1])
)
types = st.sampled_from([SetType.NORMAL.value, *SetType.values])
# Few values, so that many are equal.
lifts = st.builds(
    lift, st.sampled_from([1, 2, 3, 10, 12, 13]), st.sampled_from([0, 75, 90.909]), types
)
runs = st.builds(
    run, st.sampled_from([1, 300, 86_400]), st.sampled_from([None, 999.999, 1000, 9999.999]), types
)
entries = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.lists(lifts, max_size=4))
    | st.tuples(st.just(2), st.lists(runs, max_size=4)),
    max_size=3,
)
lengths = st.sampled_from([timedelta(seconds=59.5), timedelta(minutes=45), timedelta(hours=24)])
acts = (
    st.tuples(st.just("log"), moments, lengths, entries)
    | st.tuples(st.just("replace"), st.integers(0, 9), moments, entries)
    | st.tuples(st.just("delete"), st.integers(0, 9))
)
spans = st.sampled_from([(None, None), (date(2021, 1, 1), None), (date(2020, 12, 28), DAYS[1])])
few = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def exercises():
    return [ExerciseFactory(), ExerciseFactory(), ExerciseFactory(cardio=True)]


@given(
    # Few histories, so let there be something in them.
    acts=st.lists(acts, min_size=5, max_size=9),
    span=spans,
    at=moments,
    zone=st.sampled_from(ZONES),
)
@few
def test_the_reports_agree_with_the_reference(exercises, acts, span, at, zone):
    agree(exercises, acts, span, at, zone)


@pytest.mark.slow
@given(acts=st.lists(acts, max_size=9), span=spans, at=moments, zone=st.sampled_from(ZONES))
@settings(few, max_examples=100)
def test_the_reports_agree_with_the_reference_over_many_histories(exercises, acts, span, at, zone):
    agree(exercises, acts, span, at, zone)


def agree(exercises, acts, span, at, zone):
    kinds = {exercise.pk: exercise.kind for exercise in exercises}
    tz = ZoneInfo(zone)
    with transaction.atomic(), override_settings(TIME_ZONE=zone):
        customer = CustomerFactory()
        log(CustomerFactory(), at, (exercises[0], lift(12, 1000)), (exercises[2], run(1, 1000)))
        logged = list(done(customer, exercises, acts).values())
        # Nobody asks before what they have trained.
        at = max([at, *(workout.started_at for workout in logged)])

        asked = {"customer_id": customer.pk}
        assert reports.records(**asked) == reference.records(logged, kinds, tz)
        for workout in logged:
            trained = {exercise for exercise, _ in workout.entries}
            found = reports.new_records(workout_id=workout.id, exercise_ids=trained, **asked)
            assert found == reference.new_records(workout, logged, kinds)
        for exercise in exercises:
            found = reports.progress(exercise=exercise, **asked)
            assert found == reference.progress(logged, exercise.pk, exercise.kind, tz)
        stats = reports.workout_stats(**asked, from_day=span[0], to_day=span[1], at=at)
        assert stats == reference.stats(logged, *span, at, tz)
        transaction.set_rollback(True)


def done(customer, exercises, acts):
    """Do what was drawn, and give what there is to be by then."""
    workouts, logged = [], {}

    def note(workout, drawn):
        its = [(exercises[number].pk, sets) for number, sets in drawn]
        logged[workout.pk] = Logged(workout.pk, workout.started_at, workout.ended_at, its)

    for act, *details in acts:
        if act == "log":
            started_at, lasted, drawn = details
            workouts.append(log(customer, started_at, *rows(exercises, drawn), lasted=lasted))
            note(workouts[-1], drawn)
        elif workouts:
            place = details[0] % len(workouts)
            if act == "delete":
                gone = workouts.pop(place)
                del logged[gone.pk]
                services.delete_workout(gone)
            else:
                _, started_at, drawn = details
                times = {"started_at": started_at, "ended_at": started_at + WEEK / 7}
                workouts[place] = replace(workouts[place], *rows(exercises, drawn), **times)
                note(workouts[place], drawn)
    return logged


def rows(exercises, drawn):
    return [(exercises[number], *sets) for number, sets in drawn]
