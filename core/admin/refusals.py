"""The one place where what went wrong becomes a sentence for staff."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest

from core.admin.times import moment
from core.constraints import FOREIGN_KEY, broken_rule, fields_of_unique_rule
from core.errors import Busy, Invalid, Refusal
from core.transactions import in_transaction, is_contention

T = TypeVar("T")

ALWAYS_THE_SAME: dict[type[Exception], str] = {
    Busy: "Too much happened at once. Nothing was written: please try again.",
    ProtectedError: "This cannot be deleted: something refers to it.",
    RestrictedError: "This cannot be deleted: something refers to it.",
    DataError: "A value is out of the database's range.",
    ObjectDoesNotExist: "This is gone: somebody deleted it meanwhile.",
}
EXPECTED: tuple[type[Exception], ...] = (
    Refusal,
    Invalid,
    IntegrityError,
    OperationalError,
    *ALWAYS_THE_SAME,
)


class NotDone(Exception):
    """What staff asked for was not done, and nothing was written. Its text says why."""

    def __init__(self, sentence: str, attr: str | None = None) -> None:
        super().__init__(sentence)
        self.attr = attr


@contextmanager
def said_to_staff() -> Iterator[None]:
    """
    Translate every expected way of not doing something.

    :raises NotDone: for a refusal, a broken rule of the database, or too much contention.
    """
    try:
        yield
    except EXPECTED as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise NotDone(sentence, getattr(error, "attr", None)) from error


def attempt(request: HttpRequest, act: Callable[[], T]) -> T:
    """
    Do something in one transaction, again after a contention.

    :raises NotDone: when nothing was done; what was to be told about it is taken back, too.
    """
    # The list itself: a page that is built twice must not say everything twice.
    queued = request._messages._queued_messages  # type: ignore[attr-defined]
    before = len(queued)

    @in_transaction
    def run() -> T:
        del queued[before:]
        return act()

    try:
        with said_to_staff():
            return run()
    except NotDone:
        del queued[before:]
        raise


def _sentence(error: Exception) -> str | None:
    match error:
        case Refusal():
            return _with_times(error)
        case Invalid():
            return error.detail
        case OperationalError():
            return ALWAYS_THE_SAME[Busy] if is_contention(error) else None
        case IntegrityError() if not isinstance(error, ProtectedError | RestrictedError):
            return _of_broken_rule(error)
    return next(sentence for kind, sentence in ALWAYS_THE_SAME.items() if isinstance(error, kind))


def _with_times(refusal: Refusal) -> str:
    """Add the moments among a refusal's facts, such as when booking opens."""
    told = [
        f" {name.replace('_', ' ').capitalize()}: {moment(fact)}."
        for name, fact in refusal.facts.items()
        if isinstance(fact, datetime)
    ]
    return f"{refusal}{''.join(told)}"


def _of_broken_rule(error: IntegrityError) -> str | None:
    """Explain a write that lost a race which the form could not see coming."""
    rule = broken_rule(error)
    if rule == FOREIGN_KEY:
        return "Something that this refers to is gone, or something refers to this."
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            its = constraint.violation_error_message
            if constraint.name == rule and its != constraint.default_violation_error_message:
                return str(its)
    if fields_of_unique_rule(rule) is not None:
        return "There is one with this value already."
    if "check" in str(error).lower():
        return f"This breaks a rule: {rule.replace('_', ' ')}."
    return None
