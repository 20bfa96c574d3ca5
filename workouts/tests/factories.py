from datetime import UTC, datetime, timedelta
from uuid import UUID

import factory

from customers.tests.factories import CustomerFactory
from workouts.models import Entry, Exercise, Set, Workout
from workouts.states import Equipment, Kind

# A Thursday.
NOON = datetime(2026, 5, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class ExerciseFactory(factory.django.DjangoModelFactory[Exercise]):
    class Meta:
        model = Exercise

    name = factory.Sequence(lambda number: f"Exercise {number:04}")
    equipment = Equipment.DUMBBELL
    kind = Kind.STRENGTH

    class Params:
        cardio = factory.Trait(equipment=Equipment.TREADMILL, kind=Kind.CARDIO)


class WorkoutFactory(factory.django.DjangoModelFactory[Workout]):
    class Meta:
        model = Workout

    client_id = factory.Sequence(lambda number: UUID(int=2**64 + number))
    fingerprint = "of another body"
    customer = factory.SubFactory(CustomerFactory)
    started_at = NOON - HOUR
    ended_at = factory.LazyAttribute(lambda its: its.started_at + HOUR)


class EntryFactory(factory.django.DjangoModelFactory[Entry]):
    class Meta:
        model = Entry

    workout = factory.SubFactory(WorkoutFactory)
    customer = factory.SelfAttribute("workout.customer")
    exercise = factory.SubFactory(ExerciseFactory)
    position = 1


class SetFactory(factory.django.DjangoModelFactory[Set]):
    class Meta:
        model = Set

    entry = factory.SubFactory(EntryFactory)
    position = 1
    reps = 5
    weight_grams = 80_000

    class Params:
        cardio = factory.Trait(reps=None, weight_grams=None, duration_seconds=1800)
