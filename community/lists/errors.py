from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict


class ListGone(Conflict):
    default = _("This list was deleted in the meantime. The bookmark is where it was; choose another list.")


class NameTaken(Conflict):
    default = _("You have a list with this name already.")


class TooManyLists(Conflict):
    default = _("You have a hundred lists already. Delete one first; its bookmarks stay.")


class RenamedMeanwhile(Conflict):
    default = _("You renamed this list to “{name}” in another tab. Save again to give it the name below.")
