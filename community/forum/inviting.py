"""Inviting people to answer a question: whom, how many, and what they are told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.common.errors import Invalid, NotAllowed
from community.content import audience
from community.content.models import Post, Role, Thread
from community.content.querysets import Reader
from community.forum import policies
from community.forum.errors import CannotInvite
from community.forum.models import Invitation
from community.mutes.errors import refuse_apart
from community.mutes.selectors import hidden_among, met_by, standings, unreached_by
from community.notifications.services import mark_seen, notify
from community.social.suggestions import Suggestion, solvers

MOST_A_DAY = 10
MOST_A_QUESTION = 20
MOST_BY_ONE = 5  # of a question's
MOST_SUGGESTED = 5


@transaction.atomic
def invite(*, thread: Thread, by: User, handle: str) -> User:
    """Invite the person with a handle to answer a question, and notify them once. Returns the person.

    To invite somebody again does nothing. They are not notified if they muted the inviter, the asker, the thread or one
    of its tags, or turned these notifications off; nobody is told of that. Raises NotAllowed, EmailUnconfirmed,
    Invalid, CannotInvite if a block is in the way.
    """
    refuse_unconfirmed(by)
    thread = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    if not policies.can_invite(by, thread):
        raise NotAllowed(_("Nobody can be invited to answer this."))
    User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)  # who invites in two tabs does so in turn
    invited = _reachable(thread, by, handle)
    if Invitation.objects.filter(thread=thread, invited=invited).exists():
        return invited
    _refuse_many(thread, by)
    Invitation.objects.create(thread=thread, inviter=by, invited=invited)
    _notify(thread, by, invited)
    return invited


@transaction.atomic
def decline(*, invitation: Invitation) -> None:
    """Decline an invitation. Nobody is told; it is not shown to the invited person any more."""
    Invitation.objects.filter(pk=invitation.pk, declined_at=None).update(declined_at=timezone.now())
    mark_seen(reader=invitation.invited, seen=Q(subject=invitation.thread_id, verb="invite"))


def suggested(thread: Thread, reader: User) -> list[Suggestion]:
    """Return people who solved questions in a question's tags lately, each with the tag, who can still be invited."""
    found = solvers(list(thread.tags.all()))
    away = {thread.author_id, reader.pk, *standings(reader, found)}
    away |= set(Invitation.objects.filter(thread=thread).values_list("invited", flat=True))
    away |= set(_answerers(thread, found).values_list("author", flat=True))
    away |= {key for key, each in standings(thread.author, found).items() if each.is_apart}
    people = User.objects.filter(is_active=True, is_system=False).in_bulk([key for key in found if key not in away])
    return [Suggestion(people[key], tag=tag) for key, tag in found.items() if key in people][:MOST_SUGGESTED]


def shown_to(reader: User, thread: Thread) -> QuerySet[Invitation]:
    """Return a question's invitations as its asker and moderators see them: all; others see whom they invited."""
    rows = Invitation.objects.filter(met_by(reader, "invited", "inviter"), thread=thread, invited__is_active=True)
    if not (policies.is_own(reader, thread) or policies.is_staff(reader)):
        rows = rows.filter(inviter=reader)
    return rows.select_related("inviter", "invited").order_by("pk")


def of_reader(thread: Value, author: Value, reader: Value) -> dict[str, Combinable]:
    """Return a column for a reader's open invitation to a thread: its key."""
    answered = Exists(Post.objects.filter(thread=OuterRef("thread"), author=OuterRef("invited"), role=Role.ANSWER))
    rows = Invitation.objects.filter(~answered, thread=thread, invited=reader, declined_at=None)
    return {"invitation_key": Subquery(rows.values("pk")[:1])}


def open_invitation(reader: Reader, thread: Thread) -> Invitation | None:
    """Return the invitation that a thread's page tells its reader of, unless they do not meet who invited them."""
    if thread.invitation_key is None or thread.is_locked or thread.is_held:
        return None
    found = Invitation.objects.select_related("inviter").filter(pk=thread.invitation_key).first()
    return None if found is None or hidden_among(reader, [found.inviter_id]) else found


def _reachable(thread: Thread, by: User, handle: str) -> User:
    invited = User.objects.by_handle_or_none(handle.strip().removeprefix("@").removeprefix("＠"))
    if invited is None or not invited.is_active or invited.is_system:
        raise _wrong(_("Nobody here has this handle."))
    if invited.pk == by.pk:
        raise _wrong(_("You need no invitation: answer below the question."))
    if invited.pk == thread.author_id:
        raise _wrong(_("This is their own question."))
    if _answerers(thread, [invited.pk]).exists():
        raise _wrong(_("This person has answered this question already."))
    refuse_apart(by, [thread.author_id, invited.pk], CannotInvite)
    if any(each.is_apart for each in standings(thread.author, [invited.pk]).values()):
        raise CannotInvite
    return invited


def _refuse_many(thread: Thread, by: User) -> None:
    since = timezone.now() - timedelta(days=1)
    if Invitation.objects.filter(inviter=by, created_at__gt=since).count() >= MOST_A_DAY:
        raise _wrong(_("You have invited %(most)d people in a day. Please wait until tomorrow.") % {"most": MOST_A_DAY})
    of_thread = Invitation.objects.filter(thread=thread)
    if of_thread.filter(inviter=by).count() >= MOST_BY_ONE or of_thread.count() >= MOST_A_QUESTION:
        raise _wrong(_("Enough people have been invited to answer this question."))


def _notify(thread: Thread, by: User, invited: User) -> None:
    opening = Post.objects.select_related("thread", "author").get(thread=thread, role=Role.OPENING)
    wanted = audience.notified(opening, {invited.pk: audience.Event.SAID_TO_THEM})
    if wanted and not unreached_by(thread.author, [invited.pk]):
        notify(
            listeners={invited.pk: "invite"},
            actor=by,
            target_kind="thread",
            target_id=thread.pk,
            event=f"invite:{thread.pk}",
            subject=thread.pk,
        )


def _answerers(thread: Thread, keys: Collection[int]) -> QuerySet[Post]:
    return Post.objects.filter(thread=thread, role=Role.ANSWER, author__in=keys, hidden_at=None, deleted_at=None)


def _wrong(sentence: str) -> Invalid:
    return Invalid(fields={"handle": [sentence]})
