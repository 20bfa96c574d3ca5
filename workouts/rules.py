"""
The arithmetic of progress, all of it on whole numbers, so that it is exact.

Weights are in grams and distances in millimetres.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from workouts.states import MOST_SECONDS

MOST_REPS_OF_AN_ESTIMATE = 12
# A pace is a record over a kilometre at least.
SHORTEST_MILLIMETRES = 1_000_000
WEEK = timedelta(weeks=1)


def thousandths(numerator: int, denominator: int) -> float:
    """Divide, rounded half up to three decimals."""
    return ((2000 * numerator + denominator) // (2 * denominator)) / 1000


# --- Strength -----------------------------------------------------------------------------------


def epley(weight: Any, reps: Any) -> Any:
    """
    Give thirty times the weight that could be lifted once: w × (1 + reps / 30), times 30.

    For numbers and for expressions of a query. From B. Epley, "Poundage Chart", Boyd Epley
    Workout, 1985. Not for a single repetition, which is no estimate.
    """
    return weight * (reps + 30)


# --- Cardio -------------------------------------------------------------------------------------


def pace(*, seconds: int, millimetres: int) -> float:
    """Give seconds per kilometre."""
    return thousandths(seconds * 1_000_000, millimetres)


def pace_of(speed: float) -> float:
    """
    Give the pace in seconds per kilometre of a speed in millimetres per second.

    A database gives the quotient of two whole numbers as a float, and nothing is lost: quotients
    of at most 10⁹ mm by at most 86,400 s differ by a part in 10¹⁴ or more, a float is exact to a
    part in 10¹⁵. So floats compare as the quotients do, and the quotient is found again.
    """
    quotient = Fraction(speed).limit_denominator(MOST_SECONDS)
    return pace(seconds=quotient.denominator, millimetres=quotient.numerator)


# --- Weeks --------------------------------------------------------------------------------------


class Streaks(NamedTuple):
    current: int
    longest: int


def streaks(mondays: Iterable[date], this_monday: date) -> Streaks:
    """
    Count consecutive weeks with a workout: those that lead up to now, and the most there were.

    The current week breaks none before it ends.
    """
    weeks = sorted(set(mondays))
    if not weeks:
        return Streaks(0, 0)
    length = longest = 1
    for before, week in pairwise(weeks):
        length = length + 1 if week - before == WEEK else 1
        longest = max(longest, length)
    return Streaks(length if weeks[-1] >= this_monday - WEEK else 0, longest)
