from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status

from community.api import presenters
from community.api.auth import ApiRequest, BearerOrVisitor
from community.api.idempotency import idempotent
from community.api.schemas import PostChange, PostIn, PostOut
from community.blogs.selectors import article_of
from community.blogs.services import edit_article
from community.common.errors import Invalid
from community.common.lookups import get_or_not_found
from community.content.models import Kind, Post, Thread
from community.content.rates import EDITING, POSTING, SWITCHING
from community.content.services import add_post, delete_post, edit_post
from community.review.services import give_to_community, take_from_community

router = Router(tags=["posts"])


@router.post("", response={201: PostOut}, summary=gettext_noop("Answer or comment"))
@idempotent
def post_create(request: ApiRequest, payload: PostIn) -> Status[dict[str, Any]]:
    POSTING.hit(request)
    thread = Thread.objects.visible_to(request.user).filter(pk=payload.thread).first()
    if thread is None:
        raise Invalid(fields={"thread": [_("No such thread.")]})
    parent = _parent(request, thread, payload.parent)
    made = add_post(
        thread=thread,
        author=request.user,
        source=payload.source,
        role=payload.role,
        parent=parent,
        submission=request.submission,
    )
    return Status(201, _shown(request, made.pk))


@router.get("/{int:post_id}", response=PostOut, auth=BearerOrVisitor(), summary=gettext_noop("One post"))
def post_detail(request: HttpRequest, post_id: int) -> dict[str, Any]:
    return _shown(request, post_id)


@router.patch(
    "/{int:post_id}",
    response={200: PostOut},
    summary=gettext_noop("Edit a post"),
    description=gettext_noop(
        "`base_version` is the version you started from. If there is a newer one, the response is 409 and "
        "nothing changes."
    ),
)
def post_edit(request: ApiRequest, post_id: int, payload: PostChange) -> dict[str, Any]:
    EDITING.hit(request)
    post = _visible(request, post_id)
    wish: dict[str, Any] = {
        "editor": request.user,
        "source": payload.source,
        "base_version": payload.base_version,
        "reason": payload.reason,
    }
    if post.is_opening and post.thread.kind == Kind.ARTICLE:
        edit_article(article=article_of(post.thread), **wish)
    else:
        edit_post(post=post, **wish)
    return _shown(request, post_id)


@router.delete(
    "/{int:post_id}",
    response={204: None},
    summary=gettext_noop("Delete a post"),
    description=gettext_noop("The author can restore it on the site."),
)
def post_delete(request: ApiRequest, post_id: int) -> Status[None]:
    SWITCHING.hit(request)
    delete_post(post=_visible(request, post_id), by=request.user)
    return Status(204, None)


@router.put(
    "/{int:post_id}/community",
    response={200: PostOut},
    summary=gettext_noop("Make an answer a community answer"),
    description=gettext_noop(
        "Members who joined a week ago and have posted then edit it without review. For its author and moderators."
    ),
)
def post_give_to_community(request: ApiRequest, post_id: int) -> dict[str, Any]:
    SWITCHING.hit(request)
    give_to_community(post=_visible(request, post_id), by=request.user)
    return _shown(request, post_id)


@router.delete(
    "/{int:post_id}/community",
    response={200: PostOut},
    summary=gettext_noop("Make it a normal answer again"),
    description=gettext_noop("For moderators."),
)
def post_take_from_community(request: ApiRequest, post_id: int) -> dict[str, Any]:
    SWITCHING.hit(request)
    take_from_community(post=_visible(request, post_id), by=request.user)
    return _shown(request, post_id)


def _visible(request: HttpRequest, post_id: int) -> Post:
    rows = Post.objects.visible_to(request.user).select_related("thread", "author")
    return get_or_not_found(rows, pk=post_id)


def _shown(request: HttpRequest, post_id: int) -> dict[str, Any]:
    [post] = presenters.mark_muted(request.user, [_visible(request, post_id)])
    return presenters.post(request, post)


def _parent(request: HttpRequest, thread: Thread, parent_id: int | None) -> Post | None:
    if parent_id is None:
        return None
    parent = Post.objects.visible_to(request.user).filter(thread=thread, pk=parent_id).first()
    if parent is None:
        raise Invalid(fields={"parent": [_("No such post in this thread.")]})
    return parent
