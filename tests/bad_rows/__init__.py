"""Rows that the database itself must refuse."""

from tests.bad_rows import (
    benefits,
    bookings,
    customers,
    followups,
    memberships,
    milestones,
    promotions,
    schedule,
    waiting,
    workouts,
)

CASES = [
    *bookings.CASES,
    *waiting.CASES,
    *schedule.CASES,
    *customers.CASES,
    *memberships.CASES,
    *milestones.CASES,
    *promotions.CASES,
    *benefits.CASES,
    *followups.CASES,
    *workouts.CASES,
]
