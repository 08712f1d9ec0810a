"""Idempotent requests: a request repeated with the same `Idempotency-Key` runs once and gets the same answer."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Status
from ninja.operation import ResponseObject
from ninja.responses import NinjaJSONEncoder
from ninja.utils import contribute_operation_callback

from bpsandbox.api import SandboxError
from community.api import claims
from community.api.auth import ApiRequest
from community.common.errors import BadRequest, DomainError

HEADER = "Idempotency-Key"
LONGEST_KEY = 200

Act = Callable[..., Status[dict[str, Any]]]


def idempotent(act: Act) -> Callable[..., HttpResponse]:
    """Wrap an operation that returns a Status so that it runs once per idempotency key.

    Of concurrent requests one claims the key and runs; the others wait and repeat its answer. An error response
    releases the key. No transaction is open around the operation, which passes `request.submission` to any service that
    must not run twice. The answer is validated by the schema that the operation declares for its status.
    """
    schemas: dict[int, Any] = {}

    @wraps(act)
    def once(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        request.submission = None
        if not key:
            made = act(request, *args, **kwargs)
            return _json(made.status_code, _text(made, schemas))
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise BadRequest(f"{HEADER}: 1 to {LONGEST_KEY} printable characters.")
        return _claimed(key, act, schemas, request, *args, **kwargs)

    contribute_operation_callback(once, lambda operation: schemas.update(operation.response_models))
    once.__signature__ = inspect.signature(act, eval_str=True)  # type: ignore[attr-defined]
    return once


def _claimed(
    key: str, act: Act, schemas: Mapping[int, Any], request: ApiRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    row = claims.acquire(owner=request.user, key=key, digest=_digest(request))
    if row.is_answered:
        return _json(row.status, row.answer, replayed=True)
    request.submission = row.submission
    try:
        made = act(request, *args, **kwargs)
        text = _text(made, schemas)
    except (DomainError, SandboxError, Http404):
        claims.release(row)
        raise
    except BaseException:
        claims.abandon(row)
        raise
    claims.store_answer(row, made.status_code, text)
    return _json(made.status_code, text)


def _digest(request: HttpRequest) -> str:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()


def _text(made: Status[Any], schemas: Mapping[int, Any]) -> str:
    """Return the answer as JSON, with the fields of its schema. Raises ValidationError when it is not of it."""
    checked = schemas[made.status_code].model_validate(ResponseObject(made.value))
    return json.dumps(checked.model_dump()["response"], cls=NinjaJSONEncoder)


def _json(status: int, text: str, *, replayed: bool = False) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="application/json")
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return response
