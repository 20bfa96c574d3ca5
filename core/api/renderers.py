from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS


class FastJSONRenderer(JSONRenderer):
    """JSON by orjson: times in UTC with `Z`, dates as YYYY-MM-DD, money as a string."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        if self.get_indent(accepted_media_type or "", renderer_context or {}):
            return super().render(data, accepted_media_type, renderer_context)
        return orjson.dumps(data, default=_plain, option=OPTIONS)


def _plain(value: Any) -> Any:
    """Give the JSON of what orjson does not know; an unknown type is a fault, never a null."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str | Decimal):
        return str(value)
    raise TypeError(f"No JSON for {type(value).__name__}")
