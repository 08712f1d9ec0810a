"""Permission checks on loaded rows. `thread` must be loaded on the posts given."""

from __future__ import annotations

from community.accounts.models import User
from community.common.errors import DomainError
from community.content import community_answers, established, policies
from community.content.models import Post, Role
from community.content.querysets import Reader
from community.review.errors import (
    CanEdit,
    ClosedToSuggestions,
    NotOpenToSuggestions,
    NotYours,
    OnlyModeratorsTakeBack,
    OnlyVisibleAnswers,
    TooNewToVote,
)
from community.review.models import SuggestedEdit

VOTES_NEEDED = 3


def who_votes() -> str:
    """Return the sentence about who can vote, for where one votes."""
    return str(TooNewToVote.default).format(days=established.DAYS)


def obstacle(person: User, post: Post) -> DomainError | None:
    """Return why somebody cannot suggest an edit of a post, besides blocks and limits."""
    if not post.is_visible or not policies.is_public(post.thread):
        return NotOpenToSuggestions()
    if community_answers.refusal(person, post) is None:
        return CanEdit()
    return ClosedToSuggestions() if post.thread.is_locked else None


def refuse_giving(person: User, post: Post) -> None:
    """Raise if somebody cannot make this a community answer: NotYours, OnlyVisibleAnswers, ClosedToSuggestions."""
    if not (policies.is_own(person, post) or policies.is_staff(person)):
        raise NotYours
    if post.role != Role.ANSWER or not post.is_visible or not policies.is_public(post.thread):
        raise OnlyVisibleAnswers
    if post.thread.is_locked:
        raise ClosedToSuggestions


def refuse_taking_back(person: User) -> None:
    """Raise OnlyModeratorsTakeBack: others have written in it since."""
    if not policies.is_staff(person):
        raise OnlyModeratorsTakeBack


def can_decide(person: Reader, suggestion: SuggestedEdit, post: Post) -> bool:
    """Return whether a person can approve, improve or reject a suggestion: who may edit the post, but never their own.

    Nothing is changed in a post that was hidden or deleted.
    """
    if not suggestion.is_open or suggestion.author_id == person.pk:
        return False
    return policies.can_edit(person, post) and post.is_visible and policies.is_public(post.thread)
