from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import Count, Max
from django.utils.timezone import get_default_timezone, localtime

import workouts.demo
from core.demo import DemoPlan
from gymtastic.tests.demo import AT, HALF_A_YEAR_LATER
from workouts import reports, services
from workouts.models import Entry, Exercise, Set, Workout
from workouts.rows import WorkoutRow, entries_of
from workouts.states import Equipment, SetType

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

IN_TWO_DAYS = AT + timedelta(days=2)
OF_A_WORKOUT = (*("client_id", "fingerprint", "customer", "started_at", "ended_at", "note"),)


def add(at=AT):
    plan = DemoPlan(at=at, tz=get_default_timezone(), seed=1, scale=1, reached=1)
    workouts.demo.generate(plan, lambda steps, label: steps)


def by_training():
    """Give who trains, the keenest first, with the number of their workouts."""
    counted = Workout.objects.values_list("customer").annotate(number=Count("pk"))
    return list(counted.order_by("-number", "customer"))


def rows_of(customer_id):
    chosen = Workout.objects.filter(customer=customer_id).order_by("started_at")
    headers = list(chosen.values_list(*OF_A_WORKOUT))
    entries = entries_of(list(chosen.values_list("pk", flat=True)))
    return headers, list(entries.values())


def test_some_train_on_all_of_the_equipment_one_of_them_for_years_and_one_right_now(made):
    (keen, most), *others = by_training()
    starts = list(
        Workout.objects.filter(customer=keen)
        .order_by("started_at")
        .values_list("started_at", flat=True)
    )

    assert len(others) == 6
    assert most > 2 * max(number for _, number in others)
    assert starts[-1] - starts[0] > timedelta(days=2 * 365)
    assert max(after - before for before, after in pairwise(starts)) > timedelta(weeks=2)
    assert set(
        Exercise.objects.filter(entries__isnull=False).values_list("equipment", flat=True)
    ) == set(Equipment)
    assert set(Set.objects.values_list("type", flat=True)) == set(SetType)
    running = Workout.objects.get(ended_at=None)
    assert running.started_at == AT.replace(microsecond=0) - timedelta(minutes=25)
    assert running.entries.count() == 2


def test_the_keenest_gets_better(made):
    (keen, _), *_ = by_training()
    press = Exercise.objects.get(name="Bench press")

    told = reports.progress(exercise=press, customer_id=keen)

    best = [row["best_estimated_1rm_kg"] for row in told if row["best_estimated_1rm_kg"]]
    quarter = len(best) // 4
    assert max(best[:quarter]) < min(best[-quarter:])
    assert max(best) < 3 * best[0]


def test_the_service_would_have_logged_the_same_workouts(made):
    running = Workout.objects.get(ended_at=None).customer_id
    before = rows_of(running)
    Workout.objects.filter(customer=running).delete()

    for header, entries in zip(*before, strict=True):
        values = dict(zip(OF_A_WORKOUT, header, strict=True))
        values["customer_id"] = values.pop("customer")
        del values["fingerprint"]
        services.log_workout(**values, entries=entries, at=values["ended_at"] or AT)

    assert rows_of(running) == before
    assert len(before[0]) > 10
    customers = Entry.objects.filter(workout__customer=running).values_list("customer", flat=True)
    assert set(customers) == {running}


def test_a_phone_that_posts_one_of_them_again_finds_it(made):
    workout = Workout.objects.order_by("-pk").exclude(ended_at=None).first()
    row, [entries] = WorkoutRow.of(workout), entries_of([workout.pk]).values()
    values = {name: value for name, value in row._asdict().items() if name != "id"}

    found, is_new = services.log_workout(**values, entries=entries, at=AT)

    assert (found.pk, is_new) == (workout.pk, False)


def test_a_later_run_carries_the_training_on_and_adds_nothing_twice(made):
    last = Workout.objects.aggregate(last=Max("pk"))["last"]

    add(at=IN_TWO_DAYS)
    number = Workout.objects.count()
    add(at=IN_TWO_DAYS)

    assert Workout.objects.count() == number
    days = {one.started_at.date() for one in Workout.objects.filter(pk__gt=last)}
    assert days == {AT.date(), AT.date() + timedelta(days=1)}


def test_what_was_moved_or_deleted_does_not_come_again(made):
    latest = Workout.objects.exclude(ended_at=None).order_by("-started_at")[:3]
    for workout in latest:
        workout.started_at -= timedelta(days=3)
        workout.ended_at -= timedelta(days=3)
        workout.save()
    Workout.objects.exclude(ended_at=None).order_by("started_at").first().delete()
    Workout.objects.filter(ended_at=None).update(ended_at=AT)
    before = list(Workout.objects.order_by("pk").values())

    add()

    assert list(Workout.objects.order_by("pk").values()) == before


def test_the_training_keeps_its_hours_on_the_wall_and_to_exercises_that_are_active(made, berlin):
    Exercise.objects.filter(name="Bench press").update(is_active=False)
    last = Workout.objects.aggregate(last=Max("pk"))["last"]

    add(at=HALF_A_YEAR_LATER)

    new = Workout.objects.filter(pk__gt=last)
    assert new.count() > 100
    assert {localtime(one.started_at).hour for one in new} == {6, 7, 8, 9, 10, 17, 18, 19}
    assert not new.filter(entries__exercise__name="Bench press").exists()


def test_demo_data_from_before_there_were_workouts_gets_them(made):
    before = by_training()
    Workout.objects.all().delete()

    add()

    assert by_training() == before
