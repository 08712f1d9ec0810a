"""Errors of this app, one per rule."""

from __future__ import annotations

from django.utils.translation import gettext as _

from community.common.errors import Conflict


class SummaryChanged(Conflict):
    """Another summary was saved in the meantime, which would be lost: versions of a post do not have it."""

    def __init__(self, current: str) -> None:
        told = _("The summary was changed in the meantime to “{summary}”. Save again to replace it with yours.")
        super().__init__(fields={"summary": [told.format(summary=current)]})
        self.current = current
