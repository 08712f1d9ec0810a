"""What belongs to a run: its family, and the posts that use it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Router

from bpsandbox import api as sandbox
from community.api import presenters
from community.api.auth import BearerOrVisitor
from community.api.schemas import FamilyOut, RunPostsOut
from community.content.models import Post
from community.experiments import selectors
from community.experiments.relatives import family_of

router = Router(tags=["runs"], auth=BearerOrVisitor())


@router.get(
    "/{int:run_id}/family",
    response=FamilyOut,
    summary=gettext_noop("The family of a run"),
    description=gettext_noop(
        "What a run was forked from and what was forked from it, as far as lists show it to you, with your own runs. "
        "`changes` says what is different from the parent."
    ),
)
def run_family(request: HttpRequest, run_id: int) -> dict[str, Any]:
    card = sandbox.run_by_id(run_id, request.user)
    found = family_of(card.spec_hash, user=request.user, owner_key="")
    return {"members": [_relative(request, each) for each in found.members], "cut": found.is_cut}


@router.get(
    "/{int:run_id}/posts",
    response=RunPostsOut,
    summary=gettext_noop("The posts that use a run"),
    description=gettext_noop("Those that you can see: the posts that contain it, and the newest that link to it."),
)
def run_posts(request: HttpRequest, run_id: int) -> dict[str, Any]:
    showing, linking = selectors.posts_of(sandbox.page_of_run(run_id, request.user), request.user)
    return {
        "showing": [_post(request, each) for each in showing],
        "linking": [_post(request, each) for each in linking],
    }


def _relative(request: HttpRequest, member: sandbox.Relative) -> dict[str, Any]:
    return {
        "id": member.brief.run_id,
        "url": presenters.absolute(request, reverse("experiments:run", args=[member.spec_hash])),
        "spec_hash": member.spec_hash,
        "title": member.shown_title,
        "status": member.brief.state,
        "parent": member.parent or None,
        "hidden_parent": member.has_hidden_parent,
        "changes": list(member.changes),
    }


def _post(request: HttpRequest, row: Post) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": presenters.absolute(request, row.get_absolute_url()),
        "thread": row.thread_id,
        "number": row.number,
        "role": row.role,
        "title": row.thread.title,
        "author": presenters.person(request, row.author),
    }
