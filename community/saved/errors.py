from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, Invalid


class NotASearch(Invalid):
    default = _("Enter what to search for.")


class TooManySearches(Conflict):
    default = _("You have {most} saved searches already. Delete one first.")
