from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Invalid, NotAllowed
from community.mutes.errors import OutOfReach


class NotAnAnswer(Invalid):
    """The accepted post must be a visible answer to this question."""


class AnswerLocked(NotAllowed):
    default = _("A moderator locked the accepted answer. Report the question if it should be another one.")


class CannotInvite(OutOfReach):
    default = _("This person cannot be invited to answer this question.")


class NoSuchRun(Invalid):
    """A proof is a run with a result that everyone can see."""

    default = _("Choose a run with a result that everyone can see.")


class RunUnfinished(NoSuchRun):
    default = _("This run has not finished yet. Choose it once it has a result.")
