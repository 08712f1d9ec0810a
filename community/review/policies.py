"""Permission checks on loaded rows. `thread` must be loaded on the posts given."""

from __future__ import annotations

from community.accounts.models import User
from community.common.errors import DomainError
from community.content import policies
from community.content.models import Post
from community.content.querysets import Reader
from community.review.errors import CanEdit, ClosedToSuggestions, NotOpenToSuggestions, TooNewToVote
from community.review.models import SuggestedEdit

VOTES_NEEDED = 3
VOTER_DAYS = 7
"""How long ago a member has joined who votes on other people's questions; they have a public post, too."""


def who_votes() -> str:
    """Return the sentence about who can vote, for where one votes."""
    return str(TooNewToVote.default).format(days=VOTER_DAYS)


def obstacle(person: User, post: Post) -> DomainError | None:
    """Return why somebody cannot suggest an edit of a post, besides blocks and limits."""
    if not post.is_visible or not policies.is_public(post.thread):
        return NotOpenToSuggestions()
    if policies.can_edit(person, post):
        return CanEdit()
    return ClosedToSuggestions() if post.thread.is_locked else None


def can_decide(person: Reader, suggestion: SuggestedEdit, post: Post) -> bool:
    """Return whether a person can approve, improve or reject a suggestion: who may edit the post, but never their own.

    Nothing is changed in a post that was hidden or deleted.
    """
    if not suggestion.is_open or suggestion.author_id == person.pk:
        return False
    return policies.can_edit(person, post) and post.is_visible and policies.is_public(post.thread)
