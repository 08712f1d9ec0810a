from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.common.errors import BadRequest, Invalid, NotAllowed
from community.mutes import selectors
from community.mutes.selectors import Standing


class OutOfReach(NotAllowed):
    """A block is between two people. Who is blocked is told what they cannot do, and nothing of a block."""

    unblock_first = _("You blocked this person. Unblock them first.")

    @classmethod
    def sentence(cls, standing: Standing) -> str:
        return str(cls.unblock_first if standing.own == selectors.BLOCKED else cls.default)


class CannotReply(OutOfReach):
    default = _("You cannot reply to this person.")


class CannotVote(OutOfReach):
    default = _("You cannot vote on posts by this person.")


class CannotAgree(OutOfReach):
    default = _("You cannot react to posts by this person.")


class CannotFollow(OutOfReach):
    default = _("You cannot follow this person.")


class NotOneself(Invalid):
    default = _("You cannot mute or block yourself.")


class CannotBlockModerators(NotAllowed):
    default = _("Moderators cannot be blocked, because they look after every thread. You can mute them.")


class ModeratorsCannotBlock(NotAllowed):
    default = _("Moderators cannot block anyone, because they look after every thread. You can mute this person.")


class NoSuchPerson(BadRequest):
    default = _("This account no longer exists.")


def refuse_apart(person: User, others: Iterable[int], refusal: type[OutOfReach]) -> None:
    """Raise `refusal` if a block is between a person and one of these people."""
    for standing in selectors.standings(person, others).values():
        if standing.is_apart:
            raise refusal(refusal.sentence(standing))
