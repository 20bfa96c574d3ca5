from workouts.admin.exercises import ExerciseAdmin
from workouts.admin.workouts import WorkoutAdmin

__all__ = ["ExerciseAdmin", "WorkoutAdmin"]
