"""What a form begins with when its box was left unfinished."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from community.content import keeping
from community.content.models import Draft


def begun(request: HttpRequest, key: str) -> dict[str, Any]:
    """The fields of the draft that was saved of this box, and above them those of a session that ended meanwhile."""
    draft = Draft.objects.of(request.user).filter(key=key).first()
    return draft_initial(draft) | keeping.kept_fields(request, key)


def draft_initial(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    base = {"base_version": draft.base_version} if draft.base_version else {}
    return draft.fields | {"title": draft.title, "source": draft.source, "draft_version": draft.version} | base
