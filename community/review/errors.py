"""Errors of this app, one per rule."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, Invalid, NotAllowed
from community.mutes.errors import OutOfReach


class CannotSuggest(OutOfReach):
    default = _("You cannot suggest edits of posts by this person.")


class CanEdit(NotAllowed):
    default = _("You can edit this post yourself, so there is nothing to suggest.")


class NotOpenToSuggestions(NotAllowed):
    default = _("This post was hidden or deleted, so nothing can be changed in it.")


class ClosedToSuggestions(NotAllowed):
    default = _("This thread is closed, so its posts can no longer be changed.")


class TooManySuggestions(NotAllowed):
    default = _("{limit} of your suggestions wait for a decision. Withdraw one, or wait until some are decided.")


class PostHasMany(NotAllowed):
    default = _("{limit} suggestions for this post wait already. Please wait until its author has decided.")


class AlreadyDecided(Conflict):
    default = _("This suggestion has been decided in the meantime. Nothing was changed.")


class SuggestionChanged(Conflict):
    default = _("This suggestion was changed in the meantime. Look at its newest text below, then decide again.")


class PostChanged(Conflict):
    default = _("The post was edited in the meantime. Look at the changes as they are now, then decide again.")


class CannotMerge(Conflict):
    default = _("The post was edited in the same place. Choose “Improve” to put both texts together by hand.")


class OtherTab(Conflict):
    default = _("You changed this suggestion in another tab. Send again to replace that text with this one.")


class OfItself(Invalid):
    default = _("A question cannot be a duplicate of itself.")


class DuplicatesInCircle(Invalid):
    default = _("That question is itself marked as a duplicate of this one. Reopen it first.")


class NoSuchQuestion(Invalid):
    default = _("There is no public question with this address or number. Copy the address of its page.")


class NotAQuestion(NotAllowed):
    default = _("Only public questions can be marked as duplicates or put on hold.")


class DecidedAlready(Conflict):
    default = _("This has been decided in the meantime. Open the question to see how.")


class NotOnHold(Conflict):
    default = _("This question takes answers already.")


class OnHoldAlready(Conflict):
    default = _("This question is on hold or marked as a duplicate already.")


class ClosedByStaff(NotAllowed):
    default = _("A moderator decided this, so only a moderator can reopen it. Edit the question, and they will look.")


class TooManyProposals(NotAllowed):
    default = _("Several proposals for this question are open already. Vote on one of them.")


class CannotPropose(OutOfReach):
    default = _("You cannot vote on questions by this person.")


class TooNewToVote(NotAllowed):
    default = _("Members who joined at least {days} days ago and have posted can vote on questions.")


class Expired(Conflict):
    default = _("This proposal expired after {days} days without enough votes. You can propose it again.")


class NotYours(NotAllowed):
    default = _("Only its author or a moderator can make this a community answer.")


class OnlyVisibleAnswers(NotAllowed):
    default = _("Only answers that everyone can see can be community answers.")


class OnlyModeratorsTakeBack(NotAllowed):
    default = _("Others may have edited this answer since, so only a moderator can make it a normal answer again.")


class OwnQuestion(NotAllowed):
    default = _("This is your own question: you can edit or delete it.")
