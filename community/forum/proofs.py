"""Runs that show an accepted answer to be right. A run that a reader cannot see is not mentioned to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.safestring import SafeString

from community.content import embeds, topics
from community.content.discussion import VISITOR
from community.content.models import Post, Role, Thread
from community.content.policies import is_own
from community.content.querysets import Reader, seen_in
from community.forum import policies

POSTS = 100  # of a thread, whose runs are offered
MOST = 12


class AnswerState(NamedTuple):
    """What a reader can do with an answer, and the curve of the run that proves it.

    `is_locked`: it is the accepted answer, and a moderator locked it. `asks_for_proof`: a place for the run is
    shown, to the asker and the author if the question or the answer has one.
    """

    can_accept: bool
    is_locked: bool
    can_prove: bool
    asks_for_proof: bool
    proof: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A public run in a post of the thread, with its title and curve."""

    key: str
    number: int
    title: str
    spark: SafeString


def on_posts(reader: Reader, posts: Sequence[Post]) -> dict[int, AnswerState]:
    """Return the state of each post: a query if one of them is proved by a run."""
    return {post.pk: _state(reader, post) for post in posts}


def _state(reader: Reader, post: Post) -> AnswerState:
    can_accept = post.role == Role.ANSWER and policies.can_accept(reader, post.thread)
    can_prove = policies.can_prove(reader, post)
    proof = proof_of(post.thread, reader, "proof") if post.thread.solved_post_id == post.pk else ""
    is_locked = post.thread.is_answer_locked and post.thread.solved_post_id == post.pk
    return AnswerState(can_accept, is_locked, can_prove, can_prove and _asks(reader, post), proof)


def _asks(reader: Reader, answer: Post) -> bool:
    is_theirs = is_own(reader, answer) or is_own(reader, answer.thread)
    return is_theirs and bool(answer.thread.lead_embed or embeds.first_key(answer.html))


def proof_of(thread: Thread, reader: Reader, prefix: str = "spark") -> str:
    """Draw the curve of the run that proves the accepted answer; nothing without one. One query for a loaded thread.

    The curve is at the top of the page and at the answer: `prefix` tells the ids of the two drawings apart.
    """
    if thread.solved_post_id is None or not thread.solved_embed:
        return ""
    topics.shows_publicity()
    if thread.proof is None:
        thread.proof = embeds.sparks([thread.solved_embed], reader).get(thread.solved_embed, _nothing)
    return thread.proof(prefix, is_told=True)


def _nothing(prefix: str, is_told: bool = False) -> SafeString:
    return SafeString("")


def is_shown_to_all(key: str) -> bool:
    """Return whether everyone can see a run, and it has a result."""
    return key in embeds.sparks([key], VISITOR)


def is_unfinished(key: str) -> bool:
    """Return whether everyone can see a run, which has not finished."""
    return bool(embeds.unfinished([key], VISITOR))


def waits(answer: Post) -> bool:
    """Return whether a run of the answer, which everyone can see, has not finished."""
    return bool(embeds.unfinished(embeds.keys_in(answer.html), VISITOR))


def candidates(answer: Post) -> list[Candidate]:
    """Return public runs of the thread: those of the answer first, then of the question and of the newest posts."""
    posts = Post.objects.filter(seen_in(answer.thread, VISITOR), thread=answer.thread).order_by("-number")
    opening = posts.filter(role=Role.OPENING).values_list("pk", "number")
    numbers = dict([*posts.values_list("pk", "number")[:POSTS], *opening, (answer.pk, answer.number)])
    known: dict[str, embeds.Shown] = {}
    for pks in ([answer.pk], [pk for pk, _number in opening], list(numbers)):
        for each in embeds.shown_in(pks, MOST):
            known.setdefault(each.key, each)
    shown = list(known.values())[:MOST]
    return [Candidate(each.key, numbers[each.post_id], each.title, each.draw("spark", is_told=True)) for each in shown]
