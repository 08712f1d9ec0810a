"""API reference page, rendered from the OpenAPI document without script or external resources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    description: str
    anchor: str
    needs_token: bool
    parameters: list[Field]
    body: list[Field]
    answers: list[tuple[str, str]]


class Page(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = api.get_openapi_schema()
        return render(request, "api/docs.html", {"operations": operations(schema), "info": schema["info"]})


def operations(schema: dict[str, Any]) -> list[Operation]:
    return [
        _operation(schema, path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        method=method.upper(),
        path=path,
        summary=gettext(operation["summary"]),
        description=_with_code(gettext(operation["description"])) if operation.get("description") else "",
        anchor=operation["operationId"].replace("_", "-"),
        needs_token={} not in operation["security"],
        parameters=[
            Field(each["name"], _kind(each["schema"]), each.get("required", False))
            for each in operation.get("parameters", [])
        ],
        body=_fields(schema, body),
        answers=[(code, answer.get("description", "")) for code, answer in sorted(operation["responses"].items())],
    )


def _with_code(words: str) -> SafeString:
    """Render text in backticks as code."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words)))


def _fields(schema: dict[str, Any], body: dict[str, Any]) -> list[Field]:
    if "$ref" in body:
        body = schema["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
    required = set(body.get("required", ()))
    return [Field(name, _kind(each), name in required) for name, each in body.get("properties", {}).items()]


def _kind(each: dict[str, Any]) -> str:
    """Return a short type description: `string`, `"a" | "b"`, `list of string`, `integer or null`."""
    if "enum" in each:
        return " | ".join(f'"{value}"' for value in each["enum"])
    if "anyOf" in each:
        return " | ".join(_kind(one) for one in each["anyOf"])
    if each.get("type") == "array":
        return f"[{_kind(each.get('items', {}))}]"
    if "$ref" in each:
        return each["$ref"].rsplit("/", 1)[1]
    return str(each.get("type", "any"))
