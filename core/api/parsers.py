import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

LARGEST_BODY = 2 * 1024 * 1024
DEEPEST_NESTING = 32


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"
    default_detail = f"A request's body has at most {LARGEST_BODY // 1024 // 1024} MB."


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_code = "length_required"
    default_detail = "Send the body in one piece, with its Content-Length."


class StrictJSONParser(BaseParser):
    """
    JSON in UTF-8, at most 2 MB and 32 levels deep.

    Refuses what JSON itself or the databases do not know: NaN, infinities (`1e400`, `1e-400` too),
    lone surrogates, a name twice in one object.
    """

    media_type = "application/json"
    # The browsable API shows its raw data form in what this renders.
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge
        try:
            text = body.decode()
            data = json.loads(
                text,
                parse_constant=_not_json,
                parse_float=_finite,
                object_pairs_hook=_without_doubles,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not JSON: {error}") from error
        # The depth first: what follows may recurse.
        _refuse_deep_nesting(data)
        # Only escapes can smuggle these in, and few bodies have any.
        if "\\u" in text:
            _refuse_unstorable(data)
        return data


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number.")


def _finite(text: str) -> float:
    number = float(text)
    # Whoever sends 1e-400 has not sent 0.
    is_lost = number == 0 and any(digit in "123456789" for digit in text.lower().split("e")[0])
    if is_lost or number in (float("inf"), float("-inf")):
        raise ValueError("a number is out of range.")
    return number


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object.")
    return found


def _refuse_unstorable(data: Any) -> None:
    try:
        text = json.dumps(data, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError("The body has half of a surrogate pair in it.") from error


def _refuse_deep_nesting(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST_NESTING):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return
    raise ParseError(f"The body is nested more than {DEEPEST_NESTING} levels deep.")
