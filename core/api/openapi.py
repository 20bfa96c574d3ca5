"""
The OpenAPI document, told from what the views themselves say.

Adds to drf-spectacular's: the one error shape, every 409 code of an operation (from the
view's `refusals`), its own query parameters, and that unknown fields are refused.
"""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.serializers import ListSerializer

from core.api.serializers import StrictSerializer
from core.errors import Refusal

Schema = dict[str, Any]

ERROR_TYPES = ["validation_error", "client_error", "server_error"]
ANSWERS = {
    "400": "The request is malformed, or names something that does not exist.",
    "401": "The API is closed and the key is missing or not valid.",
    "403": "The key may only read.",
    "404": "There is nothing at this address.",
    "405": "This method is not for this address.",
    "406": "The answer is not to be had in a form that the request accepts.",
    "411": "The body came in chunks, without its length.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "The key's requests of this minute are used up; Retry-After says when to come back.",
    "503": "Too many requests met at the same place; nothing was written.",
}


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return {"type": "http", "scheme": "bearer"}


class GymSchema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        serializer = getattr(self.view, "query_serializers", {}).get(self._operation)
        return [serializer] if serializer else []

    @property
    def _operation(self) -> str:
        action: str | None = getattr(self.view, "action", None)
        return action or str(self.method).lower()

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        responses: Schema = super()._get_response_bodies(direction)
        if direction != "response":
            return responses
        errors = self._component("Errors", _errors_schema({"type": "string"}))
        for code, description in ANSWERS.items():
            if self._may_answer(code):
                responses.setdefault(code, _answer(description, errors.ref))
        refusals = getattr(self.view, "refusals", {}).get(self._operation, [])
        if refusals:
            codes = {"type": "string", "enum": [refusal.code for refusal in refusals]}
            responses["409"] = _answer(_told(refusals), _errors_schema(codes))
        return dict(sorted(responses.items()))

    def _may_answer(self, code: str) -> bool:
        match code:
            case "403" | "411" | "413" | "415" | "503":
                return self.method not in ("GET", "HEAD")
            case "404":
                return "{" in self.path or self._is_list_view()
        return True

    def _component(self, name: str, schema: Schema) -> ResolvedComponent:
        component = ResolvedComponent(
            name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name
        )
        self.registry.register_on_missing(component)
        return component

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)
        if not vars(type(serializer)).get("__doc__"):
            # A base class speaks to whoever writes serializers.
            schema.pop("description", None)
        for name, field in serializer.fields.items():
            longest = getattr(field, "max_length", None)
            if isinstance(field, ListSerializer) and longest and name in schema["properties"]:
                schema["properties"][name]["maxItems"] = longest
        for name in getattr(getattr(serializer, "Meta", None), "sometimes", ()):
            if name in schema.get("required", ()):
                schema["required"].remove(name)
        if direction == "request" and isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema


def without_trailing_slashes(result: Schema, **kwargs: Any) -> Schema:
    """Name each address once, the short way, although both ways answer."""
    result["paths"] = {path.rstrip("/"): told for path, told in result["paths"].items()}
    return result


def _errors_schema(code: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["type", "errors"],
        "properties": {
            "type": {"type": "string", "enum": ERROR_TYPES},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "detail", "attr", "facts"],
                    "properties": {
                        "code": code,
                        "detail": {"type": "string"},
                        "attr": {"type": "string", "nullable": True},
                        "facts": {"type": "object", "additionalProperties": {}},
                    },
                },
            },
        },
    }


def _answer(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _told(refusals: list[type[Refusal]]) -> str:
    """List an operation's refusals, each with the sentence that its class opens with."""
    lines = ["The gym says no:"]
    for refusal in refusals:
        sentence = re.sub(r"\s+", " ", (refusal.__doc__ or "").split("\n\n")[0]).strip()
        facts = ", ".join(refusal.fact_names()) or "none"
        lines.append(f"- `{refusal.code}`: {sentence} Facts: {facts}.")
    return "\n".join(lines)
