"""The same request sent twice under one `Idempotency-Key` is done once and answered the same."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.responses import NinjaJSONEncoder

from community.api.auth import ApiRequest
from community.api.errors import IdempotencyKeyReused
from community.api.models import IdempotentAnswer
from community.common.errors import BadRequest

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
KEPT = timedelta(days=1)

Act = Callable[..., tuple[int, dict[str, Any]]]


def idempotent(act: Act) -> Callable[..., HttpResponse]:
    """Wrap an operation that gives (status, body). Its row is claimed first, in the act's own transaction:
    of a hundred at once one acts, the others wait for it and repeat its answer. A refusal frees the key."""

    @wraps(act)
    def once(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if not key:
            status, body = act(request, *args, **kwargs)
            return _json(status, _text(body))
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise BadRequest(f"{HEADER}: 1 to {LONGEST_KEY} printable characters.")
        return _claimed(key, act, request, *args, **kwargs)

    once.__signature__ = inspect.signature(act, eval_str=True)  # type: ignore[attr-defined]
    return once


def _claimed(key: str, act: Act, request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    digest = _digest(request)
    _forget_old(request)
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(owner=request.user, key=key, body_digest=digest)
            row.status, body = act(request, *args, **kwargs)
            row.answer = _text(body)
            row.save(update_fields=["status", "answer"])
            return _json(row.status, row.answer)
    except IntegrityError:
        earlier = IdempotentAnswer.objects.filter(owner=request.user, key=key).first()
        if earlier is None:
            raise
    return _repeated(earlier, digest)


def _repeated(earlier: IdempotentAnswer, digest: str) -> HttpResponse:
    if earlier.body_digest != digest:
        raise IdempotencyKeyReused
    return _json(earlier.status, earlier.answer, replayed=True)


def _forget_old(request: ApiRequest) -> None:
    IdempotentAnswer.objects.filter(owner=request.user, created_at__lt=timezone.now() - KEPT).delete()


def _digest(request: HttpRequest) -> str:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, cls=NinjaJSONEncoder)


def _json(status: int, text: str, *, replayed: bool = False) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="application/json")
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return response
