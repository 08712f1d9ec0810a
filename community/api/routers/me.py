from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext_noop
from ninja import Query, Router

from community.api import presenters
from community.api.auth import ApiRequest
from community.api.lists import paginated
from community.api.schemas import Items, MeOut, Text, ThreadOut
from community.content.models import Thread

router = Router(tags=["me"])


@router.get("", response=MeOut, summary=gettext_noop("The owner of this token"))
def me(request: ApiRequest) -> dict[str, Any]:
    token = request.auth
    return presenters.person(request, request.user) | {
        "email": request.user.email,
        "language": request.user.language,
        "scope": token.scope,
        "token_expires_at": token.expires_at,
    }


@router.get("/drafts", response=Items[ThreadOut], summary=gettext_noop("My drafts, newest first"))
def drafts(request: ApiRequest, cursor: Text | None = None, limit: int = Query(20, ge=1, le=100)) -> dict[str, Any]:
    rows = Thread.objects.drafts_of(request.user).for_lists()
    show = partial(presenters.thread, request)
    return paginated(rows, order=("-created_at", "-pk"), cursor=cursor, limit=limit, show=show)
