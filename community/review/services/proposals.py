"""Duplicates, and questions on hold: proposed, voted on, in force, undone.

Everything about a question is done under the lock of its row; where another question is involved, both are locked, and
what that one duplicates, in the order of their keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community.accounts.policies import refuse_unconfirmed
from community.audit.actions import Action
from community.common.errors import NotAllowed
from community.content import policies as content
from community.content.errors import ThreadLocked
from community.content.established import is_established
from community.content.models import Kind, Post, Thread
from community.content.services import events, hold_thread, release_thread
from community.mutes.errors import refuse_apart
from community.review import notices
from community.review.errors import (
    CannotPropose,
    ClosedByStaff,
    DecidedAlready,
    DuplicatesInCircle,
    Expired,
    NoSuchQuestion,
    NotAQuestion,
    NotOnHold,
    OfItself,
    OnHoldAlready,
    OwnQuestion,
    TooManyProposals,
    TooNewToVote,
)
from community.review.models import Matter, Outcome, Proposal, Vote
from community.review.models.proposals import OPEN_FOR
from community.review.policies import VOTES_NEEDED, who_votes

if TYPE_CHECKING:
    from community.accounts.models import User

OPEN_A_QUESTION = 5
BATCH = 100  # that expire in one round
CHAIN = 20  # of duplicates, which are kept to one step


@transaction.atomic
def propose_duplicate(*, thread: Thread, original: Thread, by: User) -> Proposal:
    """Propose that a question duplicates another, or vote for it if that is proposed already.

    A duplicate of a duplicate is one of the question at the root. Decided at once by the asker and by staff. Raises
    OfItself, DuplicatesInCircle, NoSuchQuestion, OnHoldAlready, DecidedAlready and what `_refuse` does.
    """
    if original.pk == thread.pk:
        raise OfItself
    original = _lock_to_root(thread, original)
    thread = Thread.objects.get(pk=thread.pk)
    _refuse(thread, by)
    _refuse_circle(thread, original)
    return _propose(thread, by, Matter.DUPLICATE, original=original)


@transaction.atomic
def propose_hold(*, thread: Thread, reason: str, by: User) -> Proposal:
    """Propose to put a question on hold, or vote for it; decided at once by staff. Raises what `_refuse` does."""
    _lock(thread)
    thread = Thread.objects.get(pk=thread.pk)
    _refuse(thread, by)
    if thread.author_id == by.pk:
        raise OwnQuestion
    return _propose(thread, by, Matter.HOLD, reason=reason)


@transaction.atomic
def vote(*, proposal: Proposal, by: User) -> Proposal:
    """Agree with a proposal; twice is once. Raises DecidedAlready, Expired, ClosedByStaff and what `_refuse` does."""
    proposal = Proposal.objects.select_related("thread", "original").get(pk=proposal.pk)
    if proposal.original is not None:
        _lock_to_root(proposal.thread, proposal.original)
    else:
        _lock(proposal.thread)
    proposal = Proposal.objects.select_related("thread", "original").get(pk=proposal.pk)
    _refuse_decided(proposal)
    _refuse(proposal.thread, by)
    if proposal.matter == Matter.HOLD and proposal.thread.author_id == by.pk:
        raise OwnQuestion
    if proposal.matter == Matter.REOPEN:
        _refuse_reopening(_in_force(proposal.thread), by)
    return _agree(proposal, by)


@transaction.atomic
def take_back(*, proposal: Proposal, by: User) -> Proposal:
    """Take back one's vote. A proposal without votes is dropped. Raises DecidedAlready, Expired."""
    _lock(Thread(pk=proposal.thread_id))
    proposal = Proposal.objects.select_related("thread").get(pk=proposal.pk)
    _refuse_decided(proposal)
    gone, _of_models = Vote.objects.filter(proposal=proposal, voter=by).delete()
    if gone:
        proposal.vote_count -= 1
        if not proposal.vote_count and proposal.matter != Matter.REOPEN:
            proposal.outcome = Outcome.DROPPED
        proposal.save(update_fields=["vote_count", "outcome"])
    return proposal


@transaction.atomic
def reopen(*, thread: Thread, by: User) -> Proposal:
    """Propose to reopen a question, or vote for it.

    Staff decide at once, and so does the asker of a duplicate that no moderator has marked. Raises NotOnHold,
    ClosedByStaff and what `_refuse` does.
    """
    _lock(thread)
    thread = Thread.objects.get(pk=thread.pk)
    _refuse(thread, by)
    _refuse_reopening(_in_force(thread), by)
    return _propose(thread, by, Matter.REOPEN)


def expire_proposals() -> int:
    """End proposals that did not get enough votes in time, and return how many."""
    return sum(_expire(proposal) for proposal in Proposal.objects.overdue(OPEN_FOR)[:BATCH])


@transaction.atomic
def _expire(proposal: Proposal) -> int:
    _lock(Thread(pk=proposal.thread_id))
    still = Proposal.objects.overdue(OPEN_FOR).filter(pk=proposal.pk)
    return still.update(outcome=Outcome.EXPIRED, decided_at=timezone.now())


def after_edit(post: Post, by: User) -> None:
    """Ask for a question to be reopened once its asker has edited it, or approved an edit. In the edit's transaction.

    Not if they have marked it as a duplicate themselves: they reopen it alone.
    """
    thread = post.thread
    if thread.held_at is None or not post.is_opening or by.pk != thread.author_id:
        return
    in_force = _in_force(thread)
    if in_force is None or in_force.decided_by_id == by.pk:
        return
    _made, is_new = Proposal.objects.get_or_create(
        thread=thread, matter=Matter.REOPEN, outcome=Outcome.OPEN, reason="", original=None, defaults={"author": by}
    )
    if is_new:
        notices.notify_edited(thread, in_force)


def root_of(thread: Thread) -> Thread:
    """Return the question at the end of a chain of duplicates."""
    for _step in range(CHAIN):
        found = Proposal.objects.in_force().filter(thread=thread, matter=Matter.DUPLICATE).select_related("original")
        above = found.first()
        if above is None or above.original is None:
            return thread
        thread = above.original
    return thread


def _propose(thread: Thread, by: User, matter: Matter, reason: str = "", original: Thread | None = None) -> Proposal:
    if matter != Matter.REOPEN and _in_force(thread) is not None:
        raise OnHoldAlready
    same = Proposal.objects.open().filter(thread=thread, matter=matter, reason=reason, original=original)
    proposal = same.select_related("thread", "original").first()
    if proposal is None:
        if Proposal.objects.open().filter(thread=thread).count() >= OPEN_A_QUESTION and not content.is_staff(by):
            raise TooManyProposals
        proposal = Proposal.objects.create(thread=thread, matter=matter, reason=reason, original=original, author=by)
        if not _decides(proposal, by):
            notices.notify_asker_of_proposal(proposal)
    return _agree(proposal, by)


def _agree(proposal: Proposal, by: User) -> Proposal:
    _vote, is_new = Vote.objects.get_or_create(proposal=proposal, voter=by)
    if is_new:
        Proposal.objects.filter(pk=proposal.pk).update(vote_count=F("vote_count") + 1)
        proposal.vote_count += 1
    if _decides(proposal, by) or proposal.vote_count >= VOTES_NEEDED:
        _carry(proposal, by)
    return proposal


def _decides(proposal: Proposal, by: User) -> bool:
    """Return whether one person's agreement is enough: of a moderator, and of the asker on duplicates."""
    if content.is_staff(by):
        return True
    if proposal.thread.author_id != by.pk:
        return False
    in_force = _in_force(proposal.thread) if proposal.matter == Matter.REOPEN else None
    return proposal.matter == Matter.DUPLICATE or (in_force is not None and in_force.matter == Matter.DUPLICATE)


def _carry(proposal: Proposal, by: User) -> None:
    thread = proposal.thread
    if proposal.matter == Matter.REOPEN:
        Proposal.objects.in_force().filter(thread=thread).update(outcome=Outcome.UNDONE)
        release_thread(thread)
    else:
        if proposal.original is not None:
            _refuse_circle(thread, root_of(proposal.original))
            proposal.original = root_of(proposal.original)
            _move_duplicates(thread, proposal.original)
        hold_thread(thread)
    Proposal.objects.open().filter(thread=thread).exclude(pk=proposal.pk).update(outcome=Outcome.DROPPED)
    proposal.outcome, proposal.decided_at, proposal.decided_by = Outcome.CARRIED, timezone.now(), by
    proposal.is_by_staff = content.is_staff(by) and thread.author_id != by.pk
    proposal.save(update_fields=["outcome", "decided_at", "decided_by", "is_by_staff", "original"])
    changes = {"reason": ("", proposal.reason)} if proposal.reason else None
    events.record_event(thread, by, Action(proposal.matter), changes=changes)
    if proposal.original is not None:
        events.add_event(proposal.original, by, Action.DUPLICATED)
    notices.notify_asker(proposal)


def _move_duplicates(thread: Thread, original: Thread) -> None:
    """Let the duplicates of a question that becomes one itself lead to its original."""
    Proposal.objects.in_force().filter(original=thread).update(original=original)


def _in_force(thread: Thread) -> Proposal | None:
    return Proposal.objects.in_force().filter(thread=thread).first()


def _refuse(thread: Thread, by: User) -> None:
    """Raise if a person cannot vote on a question.

    EmailUnconfirmed, NotAQuestion, ThreadLocked, CannotPropose; TooNewToVote except about one's own.
    """
    refuse_unconfirmed(by)
    if not by.is_authenticated:
        raise NotAllowed
    if thread.kind != Kind.QUESTION or not content.is_public(thread):
        raise NotAQuestion
    if thread.is_locked and not content.is_staff(by):
        raise ThreadLocked
    refuse_apart(by, {thread.author_id} - {by.pk}, CannotPropose)
    if thread.author_id != by.pk and not content.is_staff(by) and not is_established(by):
        raise TooNewToVote(who_votes())


def _refuse_decided(proposal: Proposal) -> None:
    if proposal.outcome == Outcome.EXPIRED:
        raise Expired(Expired.default.format(days=OPEN_FOR.days))
    if not proposal.is_open:
        raise DecidedAlready


def _refuse_circle(thread: Thread, original: Thread) -> None:
    if original.kind != Kind.QUESTION or not content.is_public(original):
        raise NoSuchQuestion
    if original.pk == thread.pk:
        raise DuplicatesInCircle


def _refuse_reopening(in_force: Proposal | None, by: User) -> None:
    if in_force is None:
        raise NotOnHold
    if in_force.is_by_staff and not content.is_staff(by):
        raise ClosedByStaff


def _lock_to_root(thread: Thread, original: Thread) -> Thread:
    """Lock a question, another, and the one at the root of that, which is returned: no two at once make a circle.

    Raises DecidedAlready if it is not the root any more once it is locked.
    """
    root = root_of(original)
    _lock(thread, original, root)
    if root_of(original).pk != root.pk:
        raise DecidedAlready
    return Thread.objects.get(pk=root.pk)


def _lock(*threads: Thread) -> None:
    keys = [thread.pk for thread in threads]
    list(Thread.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
