"""Errors of this app, one per rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, Invalid, Message, NotAllowed
from community.mutes.errors import OutOfReach

if TYPE_CHECKING:
    from community.content.models import Draft


class InvalidText(Invalid):
    """The text is invalid. `field` is the form field."""

    code = "invalid"

    def __init__(self, message: Message, *, field: str) -> None:
        super().__init__(message, fields={field: [message]})
        self.field = field


class EditConflict(Conflict):
    """Another version was saved in the meantime. Contains both texts, so that nothing is lost."""

    default = _("This text was changed while you were editing it. Both versions are shown below.")

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

    @property
    def is_of_tags(self) -> bool:
        return self.current_tags != self.mine_tags


class DraftConflict(Conflict):
    """The draft was saved in another tab or device in the meantime. Contains the saved draft."""

    default = _("This draft was changed in another tab or on another device.")

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"draft": self.draft.as_dict()}


class SubmissionReused(Conflict):
    """A submitted form was sent again with a different text."""

    default = _("This form was already sent with a different text. Send it again to post this text too.")


class DraftChanged(SubmissionReused):
    """A form that saved a draft was sent again to publish it, and the draft has another text by now."""

    default = _(
        "The draft that this form saved has been changed since, so it was not published. "
        "Publish it under Drafts, or send this form again to post this text on its own."
    )


class DraftRevised(Conflict):
    """A draft is published from a page that shows an earlier version of it."""

    default = _("This draft was changed after this page was opened. Open it again and read it, then publish it.")


class TagConflict(Conflict):
    default = _("Another moderator has changed this tag in the meantime. Compare the two below, then save again.")


class ThreadLocked(NotAllowed):
    default = _("This thread is closed to new answers and comments.")


class ThreadHeld(NotAllowed):
    default = _("This question is on hold, so it takes no answers. You can still comment on it.")


class ThreadClosedToEdits(NotAllowed):
    default = _("This thread is closed, so its posts can no longer be changed.")


class CannotEdit(OutOfReach):
    default = _("You cannot edit posts by this person.")


class TooNewToEdit(NotAllowed):
    default = _(
        "Members who joined at least {days} days ago and have posted can edit community answers. "
        "You can suggest an edit instead."
    )


class WrongPlace(Invalid):
    """An answer to a thread without answers, or a comment on a post of another thread."""

    default = _("The post you are commenting on no longer exists.")
