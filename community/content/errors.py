"""Refusals of this app, one a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, Invalid, Message, NotAllowed

if TYPE_CHECKING:
    from community.content.models import Draft


class InvalidText(Invalid):
    """A text that cannot be kept. `field` names the box it was typed in."""

    code = "invalid"

    def __init__(self, message: Message, *, field: str) -> None:
        super().__init__(message, fields={field: [message]})
        self.field = field


class EditConflict(Conflict):
    """Somebody saved another version meanwhile. Carries both texts, so that nothing is lost."""

    default = _("This text was changed while you were editing it. Both versions are below.")

    def __init__(
        self,
        *,
        current: str,
        current_title: str,
        current_version: int,
        mine: str,
        mine_title: str = "",
        current_tags: str = "",
        mine_tags: str = "",
    ) -> None:
        super().__init__()
        self.current = current
        self.current_title = current_title
        self.current_version = current_version
        self.mine = mine
        self.mine_title = mine_title
        self.current_tags = current_tags
        self.mine_tags = mine_tags


class DraftConflict(Conflict):
    """The draft was saved from another tab or device meanwhile. Carries what is there now."""

    default = _("This draft was changed in another tab or on another device.")

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"draft": self.draft.as_dict()}


class SubmissionReused(Conflict):
    """A form that was already sent came again with another text."""

    default = _("This form was already sent once, with another text. Send it again to post this one too.")


class ThreadLocked(NotAllowed):
    default = _("This thread is closed: it takes no more answers or comments.")


class WrongPlace(Invalid):
    """An answer to something that takes none, or a comment on a post that is not in this thread."""

    default = _("The post you are commenting on is no longer there.")
