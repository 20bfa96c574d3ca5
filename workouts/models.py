from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from customers.models import Customer
from workouts.querysets import ExerciseQuerySet, SetQuerySet
from workouts.states import (
    LEAST_HALVES,
    LONGEST_NOTE,
    MOST_CALORIES,
    MOST_ENTRIES,
    MOST_GRAMS,
    MOST_HALVES,
    MOST_MILLIMETRES,
    MOST_REPS,
    MOST_SECONDS,
    MOST_SETS,
    Equipment,
    Kind,
    SetType,
)

LONGEST_WORKOUT = timedelta(hours=24)

STRENGTH = Q(
    reps__isnull=False,
    weight_grams__isnull=False,
    duration_seconds__isnull=True,
    distance_millimetres__isnull=True,
    calories__isnull=True,
)
CARDIO = Q(reps__isnull=True, weight_grams__isnull=True, duration_seconds__isnull=False)


class Exercise(models.Model):
    """What can be trained, and on which equipment. Sets are written by its kind, so that stays."""

    name = models.CharField(max_length=100)
    equipment = models.CharField(max_length=20, choices=Equipment)
    kind = models.CharField(max_length=10, choices=Kind)
    muscles = models.JSONField(default=list, blank=True, help_text="The muscles that it trains.")
    is_active = models.BooleanField(
        default=True, help_text="Only an active exercise is put into further workouts."
    )

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="exercise_name_is_unique_in_any_case",
                violation_error_message="There is an exercise with this name already.",
            ),
            models.CheckConstraint(
                name="exercise_equipment_is_known", condition=Q(equipment__in=Equipment.values)
            ),
            models.CheckConstraint(
                name="exercise_kind_is_known", condition=Q(kind__in=Kind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Workout(models.Model):
    """What a customer trained, from the start to the end; one without an end still runs."""

    client_id = models.UUIDField(help_text="The id that the customer's phone made for it.")
    # Of the body that was first posted: the same one again is no second workout.
    fingerprint = models.CharField(max_length=64, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="workouts", db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty for as long as it runs."
    )
    note = models.TextField(max_length=LONGEST_NOTE, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="workout_one_per_client_id", fields=["client_id"]),
            models.UniqueConstraint(
                name="workout_one_running_per_customer",
                fields=["customer"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="workout_ends_within_a_day_of_its_start",
                condition=Q(ended_at__isnull=True)
                | Q(ended_at__gt=F("started_at"), ended_at__lte=F("started_at") + LONGEST_WORKOUT),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "started_at"], name="workout_of_customer"),
            models.Index(fields=["started_at", "id"], name="workout_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}, {timezone.localtime(self.started_at):%a %d %b %Y, %H:%M}"


class Entry(models.Model):
    """One exercise within a workout. The same exercise may come again later on."""

    workout = models.ForeignKey(
        Workout, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    exercise = models.ForeignKey(
        Exercise, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    # The workout's, which never changes: so what somebody has trained is found without all that
    # others have. The records of a POST take 2 ms among 2.5 million sets, and 85 ms without.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    position = models.SmallIntegerField()
    note = models.TextField(max_length=LONGEST_NOTE, blank=True)

    class Meta:
        verbose_name = "workout entry"
        verbose_name_plural = "workout entries"
        constraints = [
            models.UniqueConstraint(
                name="workout_entry_has_its_own_position", fields=["workout", "position"]
            ),
            models.CheckConstraint(
                name="workout_entry_is_one_of_fifty", condition=Q(position__range=(1, MOST_ENTRIES))
            ),
        ]
        indexes = [
            models.Index(fields=["exercise", "workout"], name="workout_entry_of_exercise"),
            models.Index(fields=["customer", "exercise"], name="workout_entry_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.exercise}"


class Set(models.Model):
    """
    One set of an entry: repetitions of a weight, or a time and perhaps a distance.

    In whole grams, millimetres and halves, so that sums and ties are exact in every database.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="sets", db_index=False)
    position = models.SmallIntegerField()
    type = models.CharField(max_length=10, choices=SetType, default=SetType.NORMAL)
    reps = models.SmallIntegerField(null=True, blank=True)
    weight_grams = models.IntegerField(null=True, blank=True, help_text="0 is the body's own.")
    duration_seconds = models.IntegerField(null=True, blank=True)
    distance_millimetres = models.IntegerField(null=True, blank=True)
    calories = models.IntegerField(null=True, blank=True)
    rpe_halves = models.SmallIntegerField(
        null=True, blank=True, help_text="Twice the rate of perceived exertion."
    )

    objects = SetQuerySet.as_manager()

    class Meta:
        verbose_name = "workout set"
        constraints = [
            models.UniqueConstraint(
                name="workout_set_has_its_own_position", fields=["entry", "position"]
            ),
            models.CheckConstraint(
                name="workout_set_is_one_of_a_hundred", condition=Q(position__range=(1, MOST_SETS))
            ),
            models.CheckConstraint(
                name="workout_set_type_is_known", condition=Q(type__in=SetType.values)
            ),
            models.CheckConstraint(name="workout_set_is_of_one_kind", condition=STRENGTH | CARDIO),
            models.CheckConstraint(
                name="workout_set_reps_are_possible",
                condition=Q(reps__isnull=True) | Q(reps__range=(1, MOST_REPS)),
            ),
            models.CheckConstraint(
                name="workout_set_weight_is_possible",
                condition=Q(weight_grams__isnull=True) | Q(weight_grams__range=(0, MOST_GRAMS)),
            ),
            models.CheckConstraint(
                name="workout_set_duration_is_possible",
                condition=Q(duration_seconds__isnull=True)
                | Q(duration_seconds__range=(1, MOST_SECONDS)),
            ),
            models.CheckConstraint(
                name="workout_set_distance_is_possible",
                condition=Q(distance_millimetres__isnull=True)
                | Q(distance_millimetres__range=(1, MOST_MILLIMETRES)),
            ),
            models.CheckConstraint(
                name="workout_set_calories_are_possible",
                condition=Q(calories__isnull=True) | Q(calories__range=(0, MOST_CALORIES)),
            ),
            models.CheckConstraint(
                name="workout_set_effort_is_possible",
                condition=Q(rpe_halves__isnull=True)
                | Q(rpe_halves__range=(LEAST_HALVES, MOST_HALVES)),
            ),
        ]

    def __str__(self) -> str:
        return f"Set {self.position}"
