from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, NotAllowed


class SeriesGone(Conflict):
    default = _("This series was deleted in the meantime. Choose another one.")


class TitleTaken(Conflict):
    default = _("You have a series with this title already.")


class TooManySeries(Conflict):
    default = _("You have as many series as there can be. Delete one first; its articles stay.")


class SeriesFull(Conflict):
    default = _("This series has as many articles as there can be. Begin another one.")


class ChangedMeanwhile(Conflict):
    default = _("You changed this series in another tab. Save again to replace what is there by what is below.")


class NotYourArticle(NotAllowed):
    default = _("Only the author of an article can put it into a series.")
