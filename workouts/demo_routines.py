"""What the demo's customers train on which weekday, and how far it takes them."""

from collections.abc import Iterator
from datetime import time
from random import Random
from typing import NamedTuple

from workouts.rows import SetRow
from workouts.states import SetType

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
NORMAL, WARMUP, DROP, FAILURE = (one.value for one in SetType)

# Nobody warms up for less.
LEAST_FOR_A_WARM_UP = 20
SECONDS_A_SET = (130, 200)


class Lift(NamedTuple):
    """Kilograms from the first day on, towards a limit; 0 is the body's own weight."""

    exercise: str
    begins: float
    limit: float
    step: float
    reps: tuple[int, int]
    sets: int = 3

    def sets_of(self, gained: float, strength: float, random: Random) -> Iterator[SetRow]:
        """Give the sets of somebody of such strength, who gained so much of what is to gain."""
        kilograms = (self.begins + (self.limit - self.begins) * gained) * strength
        grams = self._grams(kilograms * random.choice((0.95, 1, 1, 1.03)))
        least, most = self.reps
        reps = random.randint(least, most)
        if not self.limit:
            # Where the weight stays, the repetitions rise.
            reps = round(least + (most - least) * gained * strength) + random.randint(0, 2)
        first = 1
        if self.limit >= LEAST_FOR_A_WARM_UP:
            first = 2
            yield _set(1, WARMUP, reps=10, weight_grams=self._grams(kilograms / 2))
        for number in range(first, first + self.sets):
            is_last = number == first + self.sets - 1
            type_ = FAILURE if is_last and random.random() < 0.2 else NORMAL
            effort = random.randint(13, 18) if random.random() < 0.7 else None
            yield _set(number, type_, reps=max(1, reps), weight_grams=grams, rpe_halves=effort)
            reps -= random.randint(0, 1)
        if self.limit and random.random() < 0.1:
            lighter = self._grams(grams / 1000 * 0.7)
            yield _set(first + self.sets, DROP, reps=most, weight_grams=lighter)

    def _grams(self, kilograms: float) -> int:
        return round(kilograms / self.step) * round(self.step * 1000)


class Effort(NamedTuple):
    """Some minutes of cardio, in km/h from the first day on, towards a limit; or on the spot."""

    exercise: str
    minutes: tuple[int, int]
    begins: float
    limit: float
    calories_a_minute: int
    warm_up_minutes: int = 0

    def sets_of(self, gained: float, strength: float, random: Random) -> Iterator[SetRow]:
        speed = (self.begins + (self.limit - self.begins) * gained) * (0.9 + strength / 10)
        if self.warm_up_minutes:
            yield self._set(1, WARMUP, self.warm_up_minutes * 60, speed * 0.6, None)
        # The longest time grows too, from half way on.
        least, most = self.minutes
        longest = least + (most - least) * (1 + gained) / 2
        seconds = random.randint(least * 60, round(longest * 60))
        position = 2 if self.warm_up_minutes else 1
        effort = random.randint(11, 18) if random.random() < 0.5 else None
        yield self._set(position, NORMAL, seconds, speed * random.uniform(0.95, 1.04), effort)

    def _set(
        self, number: int, type_: str, seconds: int, speed: float, effort: int | None
    ) -> SetRow:
        tens_of_metres = round(speed * seconds / 36)
        return _set(
            number,
            type_,
            duration_seconds=seconds,
            distance_millimetres=tens_of_metres * 10_000 if self.limit else None,
            calories=round(self.calories_a_minute * seconds / 60),
            rpe_halves=effort,
        )


Part = Lift | Effort


class Routine(NamedTuple):
    """What is trained on each weekday, from about when on, and for how many weeks by today."""

    sessions: dict[int, tuple[Part, ...]]
    starts: time
    weeks: tuple[int, int]

    def parts(self) -> Iterator[Part]:
        for session in self.sessions.values():
            yield from session


def _set(position: int, type_: str, **values: int | None) -> SetRow:
    columns = dict.fromkeys(SetRow._fields, None) | values
    return SetRow._make((columns | {"position": position, "type": type_}).values())


BENCH = Lift("Bench press", 40, 90, 2.5, (5, 9))
INCLINE = Lift("Incline bench press", 30, 70, 2.5, (6, 10))
SHOULDERS = Lift("Dumbbell shoulder press", 10, 28, 2, (6, 11))
ROW = Lift("One-arm dumbbell row", 14, 40, 2, (8, 12))
RAISE = Lift("Lateral raise", 4, 14, 1, (10, 15))
CURL = Lift("Dumbbell biceps curl", 8, 18, 1, (8, 13))
LUNGE = Lift("Dumbbell lunge", 8, 26, 2, (8, 12))
SQUAT = Lift("Kettlebell goblet squat", 12, 32, 4, (6, 12))
DEADLIFT = Lift("Kettlebell deadlift", 16, 48, 4, (6, 12))
PRESS = Lift("Kettlebell overhead press", 8, 24, 4, (4, 8))
GET_UP = Lift("Turkish get-up", 8, 20, 4, (1, 3), 2)
PULL_UP = Lift("Pull-up", 0, 0, 1, (2, 12))
PUSH_UP = Lift("Push-up", 0, 0, 1, (8, 30))
CRUNCH = Lift("Crunch", 0, 0, 1, (15, 35))
RUN = Effort("Treadmill run", (20, 40), 8.2, 12.5, 11, 5)
TEMPO = Effort("Treadmill tempo run", (12, 20), 9.5, 14, 13, 5)
RIDE = Effort("Stationary bike, endurance ride", (30, 60), 21, 31, 9)
SPIN = Effort("Stationary bike, intervals", (15, 25), 24, 36, 12, 5)
SWING = Effort("Kettlebell swing", (5, 12), 0, 0, 13)
PLANK = Effort("Plank", (1, 4), 0, 0, 4)

LIFTER = Routine(
    {MON: (BENCH, ROW, RAISE), THU: (BENCH, SHOULDERS, CURL, PLANK)}, time(18), (16, 28)
)
RUNNER = Routine({TUE: (TEMPO, PLANK), THU: (RUN,), SAT: (RUN, CRUNCH)}, time(7), (10, 24))
SWINGER = Routine(
    {TUE: (DEADLIFT, SWING), FRI: (SQUAT, PRESS, SWING), SUN: (GET_UP, PUSH_UP)}, time(9), (8, 20)
)
RIDER = Routine({WED: (SPIN, CRUNCH), SUN: (RIDE,)}, time(17), (8, 24))
KEEN = Routine(
    {
        MON: (BENCH, INCLINE, SHOULDERS),
        TUE: (RUN,),
        THU: (ROW, PULL_UP, CURL),
        SAT: (SQUAT, LUNGE, SWING),
    },
    time(6),
    (110, 110),
)
