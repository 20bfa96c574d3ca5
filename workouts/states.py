from django.db import models


class Equipment(models.TextChoices):
    DUMBBELL = "dumbbell", "Dumbbell"
    BENCH_PRESS = "bench_press", "Bench press"
    TREADMILL = "treadmill", "Treadmill"
    KETTLEBELL = "kettlebell", "Kettlebell"
    STATIONARY_BIKE = "stationary_bike", "Stationary bike"
    BODYWEIGHT = "bodyweight", "Body weight"


class Kind(models.TextChoices):
    STRENGTH = "strength", "Strength"
    CARDIO = "cardio", "Cardio"


class SetType(models.TextChoices):
    NORMAL = "normal", "Normal"
    WARMUP = "warmup", "Warm-up"
    DROP = "drop", "Drop set"
    FAILURE = "failure", "To failure"


# What a set of each kind is made of, by the API's names: what it needs and what it may have.
# Everything else of the other kind it must not have.
NEEDED = {
    Kind.STRENGTH: ("reps", "weight_kg"),
    Kind.CARDIO: ("duration_seconds",),
}
POSSIBLE = {
    Kind.STRENGTH: NEEDED[Kind.STRENGTH],
    Kind.CARDIO: (*NEEDED[Kind.CARDIO], "distance_m", "calories"),
}

MOST_ENTRIES = 50
MOST_SETS = 100
MOST_REPS = 1_000
MOST_GRAMS = 1_000_000
MOST_SECONDS = 86_400
MOST_MILLIMETRES = 1_000_000_000
MOST_CALORIES = 100_000
LONGEST_NOTE = 2_000
# How hard it felt, from 1 to 10 in halves.
LEAST_HALVES, MOST_HALVES = 2, 20
