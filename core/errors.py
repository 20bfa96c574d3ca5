"""
How the gym says no.

A service that cannot do what it was asked raises a Refusal: an expected answer, not a
fault. Nothing was written. `core.api.exceptions` turns it into a 409, `core.admin` into
a message to staff; nobody else needs to know of it.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(eq=False)
class Refusal(Exception):
    """Base of every refusal. A subclass gives a code, a sentence and, as fields, the facts."""

    code: ClassVar[str]

    @property
    def facts(self) -> dict[str, Any]:
        return {name: getattr(self, field) for name, field in self.fact_names().items()}

    @classmethod
    def fact_names(cls) -> dict[str, str]:
        """Map each fact to its field; `from_` is told as `from`, a word of Python's."""
        return {field.name.rstrip("_"): field.name for field in fields(cls)}


@dataclass(eq=False)
class Protected(Refusal):
    """Something with a history cannot be deleted."""

    code = "protected"
    held_by: dict[str, list[int]]

    def __str__(self) -> str:
        if not self.held_by:
            return "This cannot be deleted."
        return f"This cannot be deleted: {', '.join(self.held_by)} refer to it."


class Invalid(Exception):
    """
    A service was given a value that makes no sense, where only the service can tell.

    Answered with 400 for the field `attr`, in the shape of every other malformed request.
    """

    def __init__(self, attr: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.attr, self.code, self.detail = attr, code, detail


class Busy(Exception):
    """The database could not settle a contention, even after several tries. Ask again."""
