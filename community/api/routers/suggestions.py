from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Status

from community.api import presenters
from community.api.auth import ApiRequest
from community.api.idempotency import idempotent
from community.api.lists import paginated
from community.api.schemas import (
    Improvement,
    Items,
    ReadVersions,
    Rejection,
    SuggestionDetail,
    SuggestionIn,
    SuggestionOut,
    Text,
)
from community.common.errors import Invalid
from community.content.models import Post
from community.content.rates import EDITING
from community.review import selectors, services
from community.review.models import SuggestedEdit
from community.review.rates import SUGGESTING

router = Router(tags=["review"])


@router.get(
    "",
    response=Items[SuggestionOut],
    summary=gettext_noop("List suggested edits"),
    description=gettext_noop(
        "Open suggestions for your posts, for moderators all of them, newest first; with `mine=true` those that you "
        "made."
    ),
)
def suggestion_list(
    request: ApiRequest, mine: bool = False, cursor: Text | None = None, limit: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    return paginated(
        selectors.suggested_by(request.user) if mine else selectors.to_review(request.user),
        order=("-created_at", "-pk"),
        cursor=cursor,
        limit=limit,
        show=partial(presenters.suggestion, request),
        sift=None if mine else partial(_of_seen_posts, request),
    )


@router.post(
    "",
    response={201: SuggestionDetail},
    summary=gettext_noop("Suggest an edit"),
    description=gettext_noop(
        "For a post by somebody else. `base_version` is the version of the post you started from; its author or a "
        "moderator decides."
    ),
)
@idempotent
def suggestion_create(request: ApiRequest, payload: SuggestionIn) -> Status[dict[str, Any]]:
    SUGGESTING.hit(request)
    rows = Post.objects.visible_to(request.user).select_related("thread", "author")
    post = rows.filter(pk=payload.post).first()
    if post is None:
        raise Invalid(fields={"post": [_("No such post.")]})
    made = services.suggest_edit(post=post, author=request.user, **payload.dict(exclude={"post"}))
    return Status(201, _shown(request, made.pk))


@router.get(
    "/{int:suggestion_id}",
    response=SuggestionDetail,
    summary=gettext_noop("One suggested edit"),
    description=gettext_noop("For its author, the author of the post, and moderators."),
)
def suggestion_detail(request: ApiRequest, suggestion_id: int) -> dict[str, Any]:
    return _shown(request, suggestion_id)


@router.post(
    "/{int:suggestion_id}/approve",
    response=SuggestionDetail,
    summary=gettext_noop("Approve a suggested edit"),
    description=gettext_noop(
        "`version` and `base_version` are the versions of the suggestion and of the post that you have read. If there "
        "are newer ones, the response is 409 and nothing changes."
    ),
)
@idempotent
def suggestion_approve(request: ApiRequest, suggestion_id: int, payload: ReadVersions) -> Status[dict[str, Any]]:
    EDITING.hit(request)
    wish = {"seen": payload.version, "base_version": payload.base_version}
    services.approve(suggestion=_visible(request, suggestion_id), by=request.user, **wish)
    return Status(200, _shown(request, suggestion_id))


@router.post(
    "/{int:suggestion_id}/improve",
    response=SuggestionDetail,
    summary=gettext_noop("Approve a suggested edit with changes"),
    description=gettext_noop("`source` is the whole text as it should be."),
)
@idempotent
def suggestion_improve(request: ApiRequest, suggestion_id: int, payload: Improvement) -> Status[dict[str, Any]]:
    EDITING.hit(request)
    wish = payload.dict(exclude={"version"}) | {"seen": payload.version}
    services.improve(suggestion=_visible(request, suggestion_id), by=request.user, **wish)
    return Status(200, _shown(request, suggestion_id))


@router.post(
    "/{int:suggestion_id}/reject",
    response=SuggestionDetail,
    summary=gettext_noop("Reject a suggested edit"),
    description=gettext_noop("Its author reads the `reason`."),
)
@idempotent
def suggestion_reject(request: ApiRequest, suggestion_id: int, payload: Rejection) -> Status[dict[str, Any]]:
    EDITING.hit(request)
    found = _visible(request, suggestion_id)
    services.reject(suggestion=found, by=request.user, seen=payload.version, answer=payload.reason)
    return Status(200, _shown(request, suggestion_id))


@router.delete("/{int:suggestion_id}", response={204: None}, summary=gettext_noop("Withdraw your suggested edit"))
def suggestion_withdraw(request: ApiRequest, suggestion_id: int) -> Status[None]:
    EDITING.hit(request)
    services.withdraw(suggestion=_visible(request, suggestion_id), by=request.user)
    return Status(204, None)


def _visible(request: ApiRequest, suggestion_id: int) -> SuggestedEdit:
    return selectors.suggestion_page(request.user, suggestion_id).suggestion


def _shown(request: ApiRequest, suggestion_id: int) -> dict[str, Any]:
    return presenters.suggestion_detail(request, selectors.suggestion_page(request.user, suggestion_id))


def _of_seen_posts(request: ApiRequest, rows: list[SuggestedEdit]) -> list[SuggestedEdit]:
    seen = selectors.seen_among(rows, request.user)
    return [row for row in rows if row.post_id in seen]
