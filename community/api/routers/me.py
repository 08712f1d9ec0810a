from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop
from ninja import Router

from community.api import presenters
from community.api.auth import ApiRequest
from community.api.schemas import MeOut

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
