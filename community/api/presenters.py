"""Conversion of rows to API objects. The caller has loaded everything shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from bpsandbox.api import Certified
from community.accounts.models import User
from community.content.models import Category, Post, Tag, Thread
from community.content.querysets import Reader
from community.mutes.selectors import hidden_among
from community.review.models import SuggestedEdit
from community.review.selectors import ShownProposal, SuggestionPage
from community.search.selectors import Result


def absolute(request: HttpRequest, path: str) -> str:
    """Return a page's percent-encoded URL on the requested host."""
    return request.build_absolute_uri(path)


def person(request: HttpRequest, user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "url": absolute(request, user.get_absolute_url()),
        "handle": user.handle,
        "name": user.visible_name,
    }


def category(request: HttpRequest, category: Category | None) -> dict[str, Any] | None:
    if category is None:
        return None
    return {
        "id": category.pk,
        "url": absolute(request, category.get_absolute_url()),
        "slug": category.slug,
        "name": category.label,
    }


def tag(request: HttpRequest, row: Tag) -> dict[str, Any]:
    names = {"name": row.name, "name_zh": row.name_zh}
    return {"id": row.pk, "url": absolute(request, row.get_absolute_url()), "slug": row.slug, **names}


def thread(request: HttpRequest, row: Thread) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": absolute(request, row.get_absolute_url()),
        "kind": row.kind,
        "title": row.title,
        "language": row.language,
        "published": not row.is_draft,
        "author": person(request, row.author),
        "category": category(request, row.category),
        "tags": [tag(request, each) for each in row.tags.all()],
        "created_at": row.created_at,
        "published_at": row.published_at,
        "last_post_at": row.last_post_at,
        "posts": row.post_count,
        "answers": row.answer_count,
        "score": row.score,
        "solved_post": row.solved_post_id,
    }


def thread_detail(request: HttpRequest, row: Thread, opening: Post) -> dict[str, Any]:
    return thread(request, row) | {"source": opening.source, "html": opening.html, "opening_post": opening.pk}


def post(request: HttpRequest, row: Post) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": absolute(request, row.get_absolute_url()),
        "thread": row.thread_id,
        "number": row.number,
        "role": row.role,
        "parent": row.parent_id,
        "author": person(request, row.author),
        "source": row.source,
        "html": row.html,
        "version": row.version,
        "score": row.score,
        "community": row.is_community,
        "muted": getattr(row, "is_muted", False),
        "created_at": row.created_at,
        "edited_at": row.edited_at,
    }


def suggestion(request: HttpRequest, row: SuggestedEdit) -> dict[str, Any]:
    names = ("reason", "state", "version", "created_at", "decided_at", "answer")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "url": absolute(request, row.get_absolute_url()),
        "post": row.post_id,
        "thread": row.thread_id,
        "author": person(request, row.author),
    }


def suggestion_detail(request: HttpRequest, page: SuggestionPage) -> dict[str, Any]:
    row, is_clean = page.suggestion, page.text.is_clean
    return suggestion(request, row) | {
        "title": row.title,
        "source": row.source,
        "filing": row.filing,
        "base_version": row.base_version,
        "post_version": page.post.version if page.post else None,
        "merged_title": page.text.title if is_clean else None,
        "merged_source": page.text.source if is_clean else None,
        "can_decide": page.can_decide,
        "decided_by": person(request, row.decided_by) if row.decided_by else None,
    }


def proposal(request: HttpRequest, shown: ShownProposal, thread: Thread) -> dict[str, Any]:
    row = shown.proposal
    return {
        "id": row.pk,
        "url": absolute(request, thread.get_absolute_url()),
        "thread": thread.pk,
        "matter": row.matter,
        "original": shown.original.pk if shown.original else None,
        "reason": row.reason,
        "state": row.outcome,
        "votes": row.vote_count,
        "votes_needed": shown.needed,
        "voted": shown.has_voted,
        "can_vote": shown.can_vote,
        "created_at": row.created_at,
    }


def found(request: HttpRequest, result: Result) -> dict[str, Any]:
    hit = result.hit
    return {
        "id": result.object_id,
        "url": absolute(request, hit.url),
        "kind": hit.kind,
        "thread": hit.thread,
        "title": hit.plain_title,
        "excerpt": result.excerpt,
        "why": result.why,
    }


def mark_muted(reader: Reader, posts: Sequence[Post]) -> list[Post]:
    """Set `is_muted` on posts of people whom this reader does not meet, and return all of them."""
    hidden = hidden_among(reader, {post.author_id for post in posts})
    for row in posts:
        row.is_muted = row.author_id in hidden
    return list(posts)


def certificate(found: Certified) -> dict[str, Any]:
    names = ("state", "same_until", "last_step", "largest_difference", "checked_at")
    return {name: getattr(found, name) for name in names} | {"engine": found.engine_version, "stale": found.is_stale}
