from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema, Status
from pydantic import Field

from community.accounts.handles import fold
from community.accounts.models import User
from community.api import presenters
from community.api.auth import ApiRequest, BearerOrVisitor
from community.api.idempotency import idempotent
from community.api.lists import paginated
from community.api.schemas import Items, Kind, Order, PostOut, Text, ThreadDetail, ThreadIn, ThreadOut
from community.blogs.services import start_article
from community.common.errors import Invalid
from community.common.lookups import get_or_not_found
from community.content import listings
from community.content.models import Category, Post, Tag, Thread
from community.content.querysets import ThreadQuerySet
from community.content.rates import POSTING
from community.content.services import publish_thread, start_thread
from community.content.sifting import sift_for
from community.content.slugs import tag_slug
from community.content.tag_tree import place_of, tagged
from community.forum.lists import ORDERS

router = Router(tags=["threads"])
IN_CATEGORIES = ("question", "discussion")


class Filters(Schema):
    kind: Kind | None = None
    category: Text | None = None
    tag: Text | None = None
    author: Text | None = None
    order: Order = "latest"
    cursor: Text | None = None
    limit: int = Field(20, ge=1, le=100)


@router.get(
    "",
    response=Items[ThreadOut],
    auth=BearerOrVisitor(),
    summary=gettext_noop("List threads"),
    description=gettext_noop(
        "Public threads, sorted by `order`; filter by kind, category (including subcategories), tag or author "
        "(a handle). With a token, threads by people whom you muted or blocked, or who blocked you, are left out."
    ),
)
def thread_list(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    rows, parts = _filtered(Thread.objects.public().for_lists(), filters)
    return paginated(
        rows,
        order=ORDERS[filters.order],
        cursor=filters.cursor,
        limit=filters.limit,
        show=partial(presenters.thread, request),
        parts=parts,
        sift=sift_for(request.user),
    )


@router.post(
    "",
    response={201: ThreadDetail},
    summary=gettext_noop("Create a thread"),
    description=gettext_noop(
        "A question, discussion, article or note. Without `publish` it is a draft only you can see. Only a note can do "
        "without a title; only questions and discussions have a category."
    ),
)
@idempotent
def thread_create(request: ApiRequest, payload: ThreadIn) -> Status[dict[str, Any]]:
    POSTING.hit(request)
    if payload.category and payload.kind not in IN_CATEGORIES:
        raise Invalid(fields={"category": [_("Only questions and discussions are in a category.")]})
    wish = payload.dict(exclude={"kind", "category", "language"}) | {
        "author": request.user,
        "language": payload.language or "",
        "submission": request.submission,
    }
    if payload.kind == "article":
        thread = start_article(**wish).thread
    else:
        thread = start_thread(kind=payload.kind, category=_category(payload.category), **wish)
    return Status(201, _detail(request, thread.pk))


@router.get("/{int:thread_id}", response=ThreadDetail, auth=BearerOrVisitor(), summary=gettext_noop("One thread"))
def thread_detail(request: HttpRequest, thread_id: int) -> dict[str, Any]:
    return _detail(request, thread_id)


@router.post("/{int:thread_id}/publish", response=ThreadDetail, summary=gettext_noop("Publish a draft"))
@idempotent
def thread_publish(request: ApiRequest, thread_id: int) -> Status[dict[str, Any]]:
    POSTING.hit(request)
    thread = get_or_not_found(Thread.objects.visible_to(request.user), pk=thread_id)
    publish_thread(thread=thread, by=request.user)
    return Status(200, _detail(request, thread_id))


@router.get(
    "/{int:thread_id}/posts", response=Items[PostOut], auth=BearerOrVisitor(), summary=gettext_noop("Posts in a thread")
)
def thread_posts(
    request: HttpRequest, thread_id: int, cursor: Text | None = None, limit: int = Query(20, ge=1, le=100)
) -> dict[str, Any]:
    thread = get_or_not_found(Thread.objects.visible_to(request.user), pk=thread_id)
    rows = Post.objects.visible_to(request.user).filter(thread=thread).select_related("thread", "author")
    return paginated(
        rows,
        order=("number",),
        cursor=cursor,
        limit=limit,
        show=partial(presenters.post, request),
        sift=partial(presenters.mark_muted, request.user),
    )


def _detail(request: HttpRequest, thread_id: int) -> dict[str, Any]:
    thread = get_or_not_found(Thread.objects.visible_to(request.user).for_lists(), pk=thread_id)
    opening = Post.objects.visible_to(request.user).get(thread=thread, number=1)
    return presenters.thread_detail(request, thread, opening)


def _filtered(rows: ThreadQuerySet, filters: Filters) -> tuple[ThreadQuerySet, list[listings.Part]]:
    """Return the rows that the filters select, with the parts of a list that has no index of its own."""
    category = _category(filters.category)
    within = Category.objects.keys_within(category.pk) if category else []
    wanted: dict[str, Any] = {"kind": filters.kind} if filters.kind else {}
    if filters.author:
        wanted["author"] = User.objects.filter(handle_key=fold(filters.author)).values_list("pk", flat=True).first()
    parts: list[listings.Part] = []
    if filters.tag:
        wanted |= {"category__in": within} if category else {}
        tag = Tag.objects.meant_by(tag_slug(filters.tag))
        keys = place_of(tag).keys if tag else (0,)
        of_thread = {f"thread__{name}": value for name, value in wanted.items()}
        parts = [part.filter(**of_thread) for part in listings.parts_of_tags(keys)]
        rows = rows.filter(pk__in=tagged(keys).values("pk"))
    elif category:
        parts = [part.filter(**wanted) for part in listings.parts_of_category(within)]
        rows = rows.filter(category__in=within)
    rows = rows.filter(**wanted)
    if filters.order == "unanswered":
        return rows.unanswered(), [part.unanswered() for part in parts]
    return rows, parts


def _category(slug: str | None) -> Category | None:
    if not slug:
        return None
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        known = ", ".join(Category.objects.values_list("slug", flat=True))
        raise Invalid(fields={"category": [_("No such category. Choose one of: {known}.").format(known=known)]})
    return category
