from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, NotAllowed


class CannotPin(NotAllowed):
    """Something of somebody else, a comment, or something that not everybody sees."""

    default = _("You can pin your own threads, articles, answers and runs, once everyone can see them.")


class TooManyPins(Conflict):
    default = _("You have pinned three things already. Unpin one of them on your profile first.")
