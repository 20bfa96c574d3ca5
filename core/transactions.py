"""
The one place that answers contention.

PostgreSQL may end a transaction to break a deadlock, SQLite may give up waiting for its
one write lock. Both mean "again, please", so the outermost transaction is run again.
"""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

from core.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 6
# deadlock_detected, serialization_failure, lock_not_available
TRANSIENT = {"40P01", "40001", "55P03"}


def is_contention(error: OperationalError) -> bool:
    code = getattr(error.__cause__, "pgcode", None)
    return code in TRANSIENT or "database is locked" in str(error)


def in_transaction(function: Callable[P, T]) -> Callable[P, T]:
    """
    Run a service in a transaction, again from its start when a contention ended it.

    Inside another transaction it only joins it: whoever opened that one runs it again.

    :raises Busy: when the contention outlasts every try.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if transaction.get_connection().in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(TRIES):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if not is_contention(error):
                    raise
                # Rivals that met once would meet again if they waited equally long.
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
        raise Busy

    return run
