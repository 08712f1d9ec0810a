"""Additions to ninja's OpenAPI document: error responses, and optional authentication."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI

from community.api.auth import SAFE, Bearer, BearerOrVisitor, BearerOrVisitorOfStream
from community.api.schemas import ErrorOut

REF = "#/components/schemas/{model}"
ANYWHERE = (400, 401, 429, 503)
TO_WRITING = (403, 409)
TO_A_BODY = (413, 415, 422)
SAY_WHEN = (429, 503)
OPEN_TO_VISITORS = {BearerOrVisitor.__name__, BearerOrVisitorOfStream.__name__}


class Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        _add_components(schema["components"])
        for method, operation in _operations(schema):
            operation["responses"] |= {status: _refusal(status) for status in _refusals(method, operation)}
            operation["security"] = _security(operation["security"])
        return schema


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for methods in schema["paths"].values():
        yield from methods.items()


def _add_components(components: dict[str, Any]) -> None:
    error = ErrorOut.model_json_schema(ref_template=REF)
    components["schemas"] |= error.pop("$defs") | {ErrorOut.__name__: error}
    for open_to_visitors in OPEN_TO_VISITORS:
        components["securitySchemes"].pop(open_to_visitors, None)


def _refusals(method: str, operation: dict[str, Any]) -> list[int]:
    """Return every error status this operation can return."""
    places = {parameter["in"] for parameter in operation["parameters"]}
    statuses = set(ANYWHERE)
    if method.upper() not in SAFE:
        statuses.update(TO_WRITING)
    if "requestBody" in operation:
        statuses.update(TO_A_BODY)
    if "path" in places:
        statuses.add(404)
    if "query" in places:
        statuses.add(422)
    return sorted(statuses)


def _refusal(status: int) -> dict[str, Any]:
    refusal: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": {"$ref": REF.format(model=ErrorOut.__name__)}}},
    }
    if status in SAY_WHEN:
        refusal["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return refusal


def _security(schemes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    token: dict[str, Any] = {Bearer.__name__: []}
    return [{}, token] if any(OPEN_TO_VISITORS & scheme.keys() for scheme in schemes) else [token]
