"""What is decided and proposed about a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.db.models import QuerySet

from community.accounts.models import User
from community.common import page_cache
from community.content import established, policies, routes
from community.content.models import Kind, Thread
from community.content.querysets import Reader
from community.mutes.selectors import met_by
from community.review.models import Matter, Proposal, Vote
from community.review.policies import VOTES_NEEDED, who_votes
from community.review.reasons import advice_for, hold_words

MOST_DUPLICATES = 20


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal on a page. `original` is None if the reader does not see that question.

    `can_vote` is known on the list of proposals, as is `decides`: whether this reader's vote is enough.
    """

    proposal: Proposal
    original: Thread | None = None
    has_voted: bool = False
    needed: int = VOTES_NEEDED
    thread: Thread | None = None
    can_vote: bool = False
    decides: bool = False

    @property
    def is_reopening(self) -> bool:
        return self.proposal.matter == Matter.REOPEN

    @property
    def is_duplicate(self) -> bool:
        return self.proposal.matter == Matter.DUPLICATE

    @property
    def reason(self) -> str:
        return hold_words(self.proposal.reason)

    @property
    def advice(self) -> str:
        return advice_for(self.proposal.reason)


@dataclass(frozen=True, slots=True)
class QuestionReview:
    """What a question's page shows: what is in force, what is open, and which questions are its duplicates.

    `reopening` is the open proposal to reopen it. `reopens_at_once`: the reader decides that alone. `refusal` is
    said where nothing is proposed yet, to a reader who has not been here for long enough to propose.
    """

    in_force: ShownProposal | None = None
    open: Sequence[ShownProposal] = ()
    reopening: ShownProposal | None = None
    duplicates: list[Thread] = field(default_factory=list)
    can_vote: bool = False
    can_propose: bool = False
    can_reopen: bool = False
    reopens_at_once: bool = False
    is_asker: bool = False
    refusal: str = ""
    edit_url: str = ""
    needed: int = VOTES_NEEDED

    @property
    def who_votes(self) -> str:
        """The sentence about who can vote; empty for a reader who is shown no votes, or decides alone."""
        is_voting = self.open or (self.can_reopen and not self.reopens_at_once)
        return who_votes() if is_voting else ""


NOTHING = QuestionReview()


def question_review(thread: Thread, reader: Reader) -> QuestionReview:
    """Return what is decided and proposed: no query for a question of which nothing is."""
    if thread.kind != Kind.QUESTION or thread.is_draft:
        return NOTHING
    rows = _rows(thread)
    duplicates = _duplicates(thread, reader) if getattr(thread, "has_events", True) else []
    is_asker, is_staff = policies.is_own(reader, thread), policies.is_staff(reader)
    can_vote = reader.is_authenticated and policies.can_reply(reader, thread)
    is_new = can_vote and not is_asker and not is_staff and established.is_new(cast(User, reader))
    if not rows:
        can_propose, refusal = can_vote and not is_new, who_votes() if is_new else ""
        return QuestionReview(duplicates=duplicates, can_propose=can_propose, is_asker=is_asker, refusal=refusal)
    seen = _seen([row.original_id for row in rows if row.original_id], reader)
    voted = _voted(rows, reader)
    shown = [ShownProposal(row, seen.get(row.original_id or 0), row.pk in voted) for row in rows]
    in_force = next((each for each in shown if not each.proposal.is_open), None)
    reopening = next((each for each in shown if each.proposal.matter == Matter.REOPEN), None)
    by_staff = in_force is not None and in_force.proposal.is_by_staff
    return QuestionReview(
        in_force=in_force,
        open=[each for each in shown if each.proposal.is_open and each is not reopening] if can_vote else [],
        reopening=reopening if in_force else None,
        duplicates=duplicates,
        can_vote=can_vote,
        can_propose=can_vote and in_force is None and not is_new,
        can_reopen=can_vote and in_force is not None and (is_staff or not by_staff),
        reopens_at_once=is_staff or (is_asker and in_force is not None and in_force.is_duplicate),
        is_asker=is_asker,
        edit_url=_edit_url(thread) if is_asker and in_force else "",
    )


def open_proposals() -> QuerySet[Proposal]:
    return Proposal.objects.open()


def shown_rows(proposals: Sequence[Proposal], reader: User) -> list[ShownProposal]:
    """Return the rows of open proposals about questions that a reader sees, each with their vote."""
    seen = _seen({key for each in proposals for key in (each.thread_id, each.original_id) if key}, reader)
    there = [each for each in proposals if each.thread_id in seen]
    voted, by_staff = _voted(there, reader), _held_by_staff(there)
    return [
        ShownProposal(
            each,
            seen.get(each.original_id or 0),
            each.pk in voted,
            thread=seen[each.thread_id],
            can_vote=_can_vote(reader, each, seen[each.thread_id], by_staff),
            decides=policies.is_staff(reader),
        )
        for each in there
    ]


def _can_vote(reader: User, proposal: Proposal, thread: Thread, by_staff: set[int]) -> bool:
    """Return whether a reader is offered a vote, as on the page of the question."""
    if not proposal.is_open or not policies.can_reply(reader, thread):
        return False
    if proposal.matter == Matter.HOLD:
        return not policies.is_own(reader, thread)
    return policies.is_staff(reader) or proposal.matter == Matter.DUPLICATE or thread.pk not in by_staff


def _held_by_staff(proposals: Iterable[Proposal]) -> set[int]:
    """Return the questions of proposals to reopen that only moderators reopen: no query without any."""
    asked = [each.thread_id for each in proposals if each.matter == Matter.REOPEN]
    rows = Proposal.objects.in_force().filter(thread__in=asked, is_by_staff=True)
    return set(rows.values_list("thread", flat=True)) if asked else set()


def _rows(thread: Thread) -> list[Proposal]:
    """Return what is in force and open. Columns of the thread say whether there can be any."""
    if not thread.is_held and not getattr(thread, "has_proposals", False):
        return []
    rows = Proposal.objects.filter(thread=thread)
    return list((rows.open() | rows.in_force()).select_related("decided_by", "author").order_by("pk"))


def _seen(keys: Iterable[int], reader: Reader) -> dict[int, Thread]:
    """Return threads that a reader sees; a moderator sees those of people whom they muted too."""
    rows = Thread.objects.visible_to(reader).filter(pk__in=set(keys))
    rows = rows if reader.is_staff else rows.filter(met_by(reader, "author"))
    page_cache.depends_on(*(f"thread:{key}" for key in keys))
    return {row.pk: row for row in rows.select_related("author")}


def _voted(rows: Sequence[Proposal], reader: Reader) -> set[int]:
    if not reader.is_authenticated:
        return set()
    mine = Vote.objects.filter(voter=reader, proposal__in=[row.pk for row in rows])
    return set(mine.values_list("proposal", flat=True))


def _duplicates(thread: Thread, reader: Reader) -> list[Thread]:
    found = Proposal.objects.in_force().filter(original=thread).order_by("-decided_at").values_list("thread", flat=True)
    keys = list(found[:MOST_DUPLICATES])
    seen = _seen(keys, reader) if keys else {}
    return [seen[key] for key in keys if key in seen]


def _edit_url(thread: Thread) -> str:
    return routes.edit_url(thread.posts.select_related("thread").get(role="opening"))
