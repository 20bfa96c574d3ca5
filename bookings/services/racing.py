"""Reading without a lock, writing what the database lets through, and reading again."""

from collections.abc import Callable
from typing import TypeVar

from core.errors import Busy

T = TypeVar("T")

TRIES = 8


class LostARace(Exception):
    """Between the reading and the writing somebody changed what was read."""


def until_settled(attempt: Callable[[], T]) -> T:
    """
    Try, and after a lost race try again from the reading on.

    :raises Busy: when every one of several tries was lost.
    """
    for _ in range(TRIES):
        try:
            return attempt()
        except LostARace:
            continue
    raise Busy
