from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, NotAllowed


class SeriesGone(Conflict):
    default = _("This series was deleted in the meantime. Choose another one.")


class TitleTaken(Conflict):
    default = _("You have a series with this title already.")


class TooManySeries(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(
            gettext("You already have %(most)d series. Delete one first; its articles stay.") % {"most": most}
        )


class SeriesFull(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(gettext("This series already has %(most)d articles. Start another one.") % {"most": most})


class ChangedMeanwhile(Conflict):
    default = _("You changed this series in another tab. Save again to replace what is there by what is below.")


class NotYourArticle(NotAllowed):
    default = _("Only the author of an article can put it into a series.")


class NotYourSeries(NotAllowed):
    default = _("Only the owner of a series and moderators can delete it.")
