"""Invariants of questions on hold, and of community answers."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from community.common import invariants
from community.content.models import Post, Role, Thread
from community.review.models import Proposal


def register() -> None:
    invariants.register("a question is on hold for a reason", _wrongly_held)
    invariants.register("only answers are community answers", _wrongly_given)
    invariants.register("duplicates lead to a question in one step", _chains)


def _wrongly_held() -> Iterator[str]:
    in_force = Exists(Proposal.objects.in_force().filter(thread=OuterRef("pk")))
    wrong = Thread.objects.filter(in_force, held_at=None) | Thread.objects.filter(~in_force, held_at__isnull=False)
    return (
        f"thread {pk} is held without a decision, or not held with one" for pk in wrong.values_list("pk", flat=True)
    )


def _wrongly_given() -> Iterator[str]:
    wrong = Post.objects.filter(community_at__isnull=False).exclude(role=Role.ANSWER)
    return (f"post {pk} is a community answer, but no answer" for pk in wrong.values_list("pk", flat=True))


def _chains() -> Iterator[str]:
    above = Proposal.objects.in_force().filter(thread=OuterRef("original"), matter="duplicate")
    wrong = Proposal.objects.in_force().filter(Exists(above), matter="duplicate")
    return (f"thread {pk} is a duplicate of a duplicate" for pk in wrong.values_list("thread", flat=True))
