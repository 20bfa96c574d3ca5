"""Bad rows of exercises, workouts and what is in them, each with the rule that it breaks."""

from datetime import timedelta
from uuid import UUID

from customers.tests.factories import CustomerFactory
from tests.bad_rows.cases import bad
from workouts.states import (
    MOST_CALORIES,
    MOST_ENTRIES,
    MOST_GRAMS,
    MOST_HALVES,
    MOST_MILLIMETRES,
    MOST_REPS,
    MOST_SECONDS,
    MOST_SETS,
)
from workouts.tests.factories import (
    NOON,
    EntryFactory,
    ExerciseFactory,
    SetFactory,
    WorkoutFactory,
)

TICK = timedelta.resolution
DAY = timedelta(hours=24)


def two_with_one_client_id():
    WorkoutFactory.create_batch(2, client_id=UUID(int=17))


def two_that_run():
    WorkoutFactory.create_batch(2, customer=CustomerFactory(), ended_at=None)


def two_entries_at_one_position():
    EntryFactory.create_batch(2, workout=WorkoutFactory())


def two_sets_at_one_position():
    SetFactory.create_batch(2, entry=EntryFactory())


def two_of_one_name():
    ExerciseFactory(name="Goblet squat with a pause")
    ExerciseFactory(name="GOBLET squat with a pause")


def cardio(**values):
    SetFactory(cardio=True, **values)


CASES = [
    bad("exercise_name_is_unique_in_any_case", "two exercises of one name", two_of_one_name),
    bad(
        "exercise_equipment_is_known",
        "an exercise with unknown equipment",
        ExerciseFactory,
        equipment="barbell",
    ),
    bad("exercise_kind_is_known", "an exercise of an unknown kind", ExerciseFactory, kind="power"),
    bad("workout_one_per_client_id", "two workouts of one client_id", two_with_one_client_id),
    bad("workout_one_running_per_customer", "two workouts that run", two_that_run),
    bad(
        "workout_ends_within_a_day_of_its_start",
        "a workout that takes no time",
        WorkoutFactory,
        started_at=NOON,
        ended_at=NOON,
    ),
    bad(
        "workout_ends_within_a_day_of_its_start",
        "a workout that takes more than a day",
        WorkoutFactory,
        started_at=NOON,
        ended_at=NOON + DAY + TICK,
    ),
    bad(
        "workout_entry_has_its_own_position",
        "two entries at one position",
        two_entries_at_one_position,
    ),
    bad("workout_entry_is_one_of_fifty", "an entry before the first", EntryFactory, position=0),
    bad(
        "workout_entry_is_one_of_fifty",
        "an entry too many",
        EntryFactory,
        position=MOST_ENTRIES + 1,
    ),
    bad("workout_set_has_its_own_position", "two sets at one position", two_sets_at_one_position),
    bad("workout_set_is_one_of_a_hundred", "a set before the first", SetFactory, position=0),
    bad("workout_set_is_one_of_a_hundred", "a set too many", SetFactory, position=MOST_SETS + 1),
    bad("workout_set_type_is_known", "a set of an unknown type", SetFactory, type="super"),
    bad(
        "workout_set_is_of_one_kind",
        "a strength set without a weight",
        SetFactory,
        weight_grams=None,
    ),
    bad("workout_set_is_of_one_kind", "a strength set without repetitions", SetFactory, reps=None),
    bad(
        "workout_set_is_of_one_kind",
        "a strength set with a duration",
        SetFactory,
        duration_seconds=1,
    ),
    bad(
        "workout_set_is_of_one_kind",
        "a strength set with a distance",
        SetFactory,
        distance_millimetres=1,
    ),
    bad("workout_set_is_of_one_kind", "a strength set with calories", SetFactory, calories=1),
    bad(
        "workout_set_is_of_one_kind",
        "a cardio set without a duration",
        cardio,
        duration_seconds=None,
    ),
    bad("workout_set_is_of_one_kind", "a cardio set with repetitions", cardio, reps=1),
    bad("workout_set_is_of_one_kind", "a cardio set with a weight", cardio, weight_grams=0),
    bad("workout_set_reps_are_possible", "a set without a repetition", SetFactory, reps=0),
    bad("workout_set_reps_are_possible", "too many repetitions", SetFactory, reps=MOST_REPS + 1),
    bad("workout_set_weight_is_possible", "a weight below zero", SetFactory, weight_grams=-1),
    bad(
        "workout_set_weight_is_possible",
        "a weight that is too heavy",
        SetFactory,
        weight_grams=MOST_GRAMS + 1,
    ),
    bad("workout_set_duration_is_possible", "a set that takes no time", cardio, duration_seconds=0),
    bad(
        "workout_set_duration_is_possible",
        "a set that takes too long",
        cardio,
        duration_seconds=MOST_SECONDS + 1,
    ),
    bad("workout_set_distance_is_possible", "no distance at all", cardio, distance_millimetres=0),
    bad(
        "workout_set_distance_is_possible",
        "a distance that is too long",
        cardio,
        distance_millimetres=MOST_MILLIMETRES + 1,
    ),
    bad("workout_set_calories_are_possible", "calories below zero", cardio, calories=-1),
    bad(
        "workout_set_calories_are_possible", "too many calories", cardio, calories=MOST_CALORIES + 1
    ),
    bad("workout_set_effort_is_possible", "less than no effort", SetFactory, rpe_halves=1),
    bad(
        "workout_set_effort_is_possible",
        "more than all effort",
        SetFactory,
        rpe_halves=MOST_HALVES + 1,
    ),
]
