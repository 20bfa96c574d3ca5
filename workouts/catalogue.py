"""
The exercises that every gym begins with: name, equipment, kind, muscles.

A migration puts them there. What is edited here later reaches gyms that begin after it.
"""

from workouts.states import Equipment, Kind

STRENGTH, CARDIO = Kind.STRENGTH, Kind.CARDIO

DUMBBELL = [
    ("Dumbbell bench press", STRENGTH, ["chest", "triceps", "front shoulders"]),
    ("Incline dumbbell press", STRENGTH, ["upper chest", "front shoulders", "triceps"]),
    ("Dumbbell fly", STRENGTH, ["chest"]),
    ("Dumbbell pullover", STRENGTH, ["chest", "lats"]),
    ("Dumbbell shoulder press", STRENGTH, ["shoulders", "triceps"]),
    ("Arnold press", STRENGTH, ["shoulders", "triceps"]),
    ("Lateral raise", STRENGTH, ["side shoulders"]),
    ("Rear delt fly", STRENGTH, ["rear shoulders", "upper back"]),
    ("One-arm dumbbell row", STRENGTH, ["lats", "upper back", "biceps"]),
    ("Dumbbell shrug", STRENGTH, ["trapezius"]),
    ("Dumbbell biceps curl", STRENGTH, ["biceps"]),
    ("Hammer curl", STRENGTH, ["biceps", "forearms"]),
    ("Overhead triceps extension", STRENGTH, ["triceps"]),
    ("Dumbbell Romanian deadlift", STRENGTH, ["hamstrings", "glutes", "lower back"]),
    ("Dumbbell lunge", STRENGTH, ["quadriceps", "glutes", "hamstrings"]),
    ("Dumbbell step-up", STRENGTH, ["quadriceps", "glutes"]),
]
BENCH_PRESS = [
    ("Bench press", STRENGTH, ["chest", "triceps", "front shoulders"]),
    ("Incline bench press", STRENGTH, ["upper chest", "front shoulders", "triceps"]),
    ("Decline bench press", STRENGTH, ["lower chest", "triceps"]),
    ("Close-grip bench press", STRENGTH, ["triceps", "chest"]),
    ("Wide-grip bench press", STRENGTH, ["chest", "front shoulders"]),
    ("Reverse-grip bench press", STRENGTH, ["upper chest", "triceps"]),
    ("Paused bench press", STRENGTH, ["chest", "triceps", "front shoulders"]),
    ("Spoto press", STRENGTH, ["chest", "triceps"]),
    ("Larsen press", STRENGTH, ["chest", "triceps", "front shoulders"]),
    ("Board press", STRENGTH, ["triceps", "chest"]),
]
TREADMILL = [
    ("Treadmill walk", CARDIO, ["calves", "quadriceps", "hamstrings"]),
    ("Treadmill incline walk", CARDIO, ["glutes", "calves", "hamstrings"]),
    ("Treadmill run", CARDIO, ["quadriceps", "hamstrings", "calves"]),
    ("Treadmill hill run", CARDIO, ["glutes", "quadriceps", "calves"]),
    ("Treadmill tempo run", CARDIO, ["quadriceps", "hamstrings", "calves"]),
    ("Treadmill interval run", CARDIO, ["quadriceps", "hamstrings", "calves"]),
    ("Treadmill sprint", CARDIO, ["hamstrings", "glutes", "calves"]),
    ("Treadmill side shuffle", CARDIO, ["abductors", "adductors", "calves"]),
]
KETTLEBELL = [
    ("Kettlebell deadlift", STRENGTH, ["hamstrings", "glutes", "lower back"]),
    ("Kettlebell goblet squat", STRENGTH, ["quadriceps", "glutes"]),
    ("Kettlebell front squat", STRENGTH, ["quadriceps", "glutes", "abdominals"]),
    ("Kettlebell clean", STRENGTH, ["glutes", "hamstrings", "trapezius"]),
    ("Kettlebell clean and press", STRENGTH, ["shoulders", "glutes", "triceps"]),
    ("Kettlebell overhead press", STRENGTH, ["shoulders", "triceps"]),
    ("Kettlebell row", STRENGTH, ["lats", "upper back", "biceps"]),
    ("Kettlebell windmill", STRENGTH, ["obliques", "shoulders"]),
    ("Kettlebell halo", STRENGTH, ["shoulders", "trapezius"]),
    ("Turkish get-up", STRENGTH, ["shoulders", "abdominals", "glutes"]),
    ("Kettlebell swing", CARDIO, ["glutes", "hamstrings", "lower back"]),
    ("Kettlebell snatch", CARDIO, ["shoulders", "glutes", "hamstrings"]),
    ("Farmer's walk", CARDIO, ["forearms", "trapezius", "abdominals"]),
]
STATIONARY_BIKE = [
    ("Stationary bike, easy ride", CARDIO, ["quadriceps", "calves"]),
    ("Stationary bike, endurance ride", CARDIO, ["quadriceps", "hamstrings", "calves"]),
    ("Stationary bike, tempo ride", CARDIO, ["quadriceps", "hamstrings", "glutes"]),
    ("Stationary bike, hill climb", CARDIO, ["quadriceps", "glutes", "calves"]),
    ("Stationary bike, intervals", CARDIO, ["quadriceps", "hamstrings", "glutes"]),
    ("Stationary bike, sprints", CARDIO, ["quadriceps", "glutes", "calves"]),
    ("Recumbent bike ride", CARDIO, ["quadriceps", "hamstrings"]),
]
BODYWEIGHT = [
    ("Push-up", STRENGTH, ["chest", "triceps", "front shoulders"]),
    ("Diamond push-up", STRENGTH, ["triceps", "chest"]),
    ("Pike push-up", STRENGTH, ["shoulders", "triceps"]),
    ("Pull-up", STRENGTH, ["lats", "biceps", "upper back"]),
    ("Chin-up", STRENGTH, ["biceps", "lats"]),
    ("Inverted row", STRENGTH, ["upper back", "biceps"]),
    ("Dip", STRENGTH, ["triceps", "lower chest"]),
    ("Air squat", STRENGTH, ["quadriceps", "glutes"]),
    ("Pistol squat", STRENGTH, ["quadriceps", "glutes"]),
    ("Glute bridge", STRENGTH, ["glutes", "hamstrings"]),
    ("Calf raise", STRENGTH, ["calves"]),
    ("Crunch", STRENGTH, ["abdominals"]),
    ("Hanging leg raise", STRENGTH, ["abdominals", "hip flexors"]),
    ("Plank", CARDIO, ["abdominals", "lower back"]),
    ("Burpee", CARDIO, ["chest", "quadriceps", "shoulders"]),
    ("Mountain climber", CARDIO, ["abdominals", "hip flexors", "shoulders"]),
    ("Jumping jack", CARDIO, ["calves", "shoulders", "abductors"]),
    ("Rope skipping", CARDIO, ["calves", "forearms", "shoulders"]),
]

CATALOGUE = [
    (name, equipment, kind, muscles)
    for equipment, exercises in (
        (Equipment.DUMBBELL, DUMBBELL),
        (Equipment.BENCH_PRESS, BENCH_PRESS),
        (Equipment.TREADMILL, TREADMILL),
        (Equipment.KETTLEBELL, KETTLEBELL),
        (Equipment.STATIONARY_BIKE, STATIONARY_BIKE),
        (Equipment.BODYWEIGHT, BODYWEIGHT),
    )
    for name, kind, muscles in exercises
]
