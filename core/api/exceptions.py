"""
The one place where what went wrong becomes an answer.

Every error under /api has the shape {"type", "errors": [{"code", "detail", "attr", "facts"}]}:
400 for what is malformed, 409 where the gym says no, 503 where the database was too busy.
"""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, SuspiciousOperation
from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, NotFound, ValidationError

from core.constraints import FOREIGN_KEY, broken_rule, fields_of_unique_rule
from core.errors import Busy, Invalid, Protected, Refusal
from core.transactions import is_contention

# More help nobody, and one systematic mistake in a long list would answer megabytes.
MOST_ERRORS = 100


class Refused(APIException):
    status_code = status.HTTP_409_CONFLICT

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal), refusal.code)
        self.facts = refusal.facts


class TryAgain(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"
    default_detail = "Too many requests met at the same place. Nothing was written; try again."
    wait = 1


class GymExceptionHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        answer = self._of_the_gym(exc) or self._of_the_database(exc)
        return answer or super().convert_known_exceptions(exc)

    def _of_the_gym(self, exc: Exception) -> APIException | None:
        match exc:
            case Refusal():
                return Refused(exc)
            case Invalid():
                return invalid(exc.attr, exc.code, exc.detail)
            case ProtectedError() | RestrictedError():
                # It came to be held between the question of `core.deleting` and the deed.
                return Refused(Protected(held_by={}))
            case Busy():
                return TryAgain()
            case SuspiciousOperation():
                return invalid(None, "invalid", str(exc))
        return None

    def _of_the_database(self, exc: Exception) -> APIException | None:
        match exc:
            case IntegrityError():
                return self._broken_rule(exc)
            case DataError():
                return invalid(None, "invalid", "A value is out of the database's range.")
            case OperationalError() if is_contention(exc):
                return TryAgain()
            case ObjectDoesNotExist():
                # Deleted by somebody else since this request found it.
                return NotFound()
            case DatabaseError() if "did not affect any rows" in str(exc):
                return NotFound()
        return None

    def _broken_rule(self, error: IntegrityError) -> APIException | None:
        """Answer a write that lost a race which no friendlier check could see coming."""
        rule = broken_rule(error)
        if rule == FOREIGN_KEY:
            request = self.context["request"]
            if request is not None and request.method == "DELETE":
                return Refused(Protected(held_by={}))
            return invalid(None, "does_not_exist", "Something that this names does not exist.")
        fields = fields_of_unique_rule(rule)
        if fields is not None:
            attr = fields[0] if len(fields) == 1 else None
            return invalid(attr, "unique", "There is one with this value already.")
        if "check" in str(error).lower():
            return invalid(None, "invalid", f"This breaks a rule: {rule.replace('_', ' ')}.")
        return None


class GymExceptionFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: Any) -> dict[str, Any]:
        facts = getattr(self.exc, "facts", {})
        return {
            "type": error_response.type,
            "errors": [
                {
                    "code": error.code,
                    "detail": error.detail,
                    "attr": _path(error.attr),
                    "facts": facts,
                }
                for error in error_response.errors[:MOST_ERRORS]
            ],
        }


def _path(attr: str | None) -> str | None:
    """Name by its own path what is wrong as a whole; the request itself has none."""
    return None if attr in (None, "non_field_errors") else attr.removesuffix(".non_field_errors")


def invalid(attr: str | None, code: str, detail: str) -> ValidationError:
    """Build the 400 for one field of the request, or for the whole of it."""
    return ValidationError({attr or "non_field_errors": [ErrorDetail(detail, code=code)]})
