"""Staff actions: one vocabulary for the audit log, thread events and forms."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """A staff action. The value is stored; the label completes a sentence that begins with the actor's name."""

    LOCK = "lock", _("closed this")
    UNLOCK = "unlock", _("reopened this")
    PIN = "pin", _("pinned this")
    PIN_EVERYWHERE = "pin_everywhere", _("pinned this everywhere")
    UNPIN = "unpin", _("unpinned this")
    MOVE = "move", _("moved this")
    DUPLICATE = "duplicate", _("marked this as a duplicate")
    DUPLICATED = "duplicated", _("marked another question as a duplicate of this")
    HOLD = "hold", _("put this on hold")
    REOPEN = "reopen", _("took this off hold")
    RETAG = "retag", _("changed the tags")
    EDIT = "edit", _("edited this")
    DELETE = "delete", _("deleted this")
    RESTORE = "restore", _("restored this")
    HIDE = "hide", _("hid this")
    UNHIDE = "unhide", _("restored this")
    ACCEPT = "accept", _("accepted this answer")
    UNACCEPT = "unaccept", _("unaccepted this answer")
    LOCK_ANSWER = "lock_answer", _("locked the accepted answer")
    UNLOCK_ANSWER = "unlock_answer", _("unlocked the accepted answer")
    REMOVE_MARK = "remove_mark", _("removed a mark from this")
    PROVE = "prove", _("chose the run that proves this answer")
    GIVE_TO_COMMUNITY = "give_community", _("made this a community answer")
    TAKE_FROM_COMMUNITY = "end_community", _("made this a normal answer again")
    DISMISS = "dismiss", _("dismissed the reports")
    UPHOLD = "uphold", _("upheld the reports")
    REMOVE_PICTURE = "remove_picture", _("removed the picture of this person")
    REMOVE_LINKS = "remove_links", _("removed the links of this person")
    REMOVE_SERIES = "remove_series", _("deleted a series of this person")
    ADD_CATEGORY = "add_category", _("added this category")
    EDIT_CATEGORY = "edit_category", _("edited this category")
    EDIT_TAG = "edit_tag", _("edited this tag")
    MERGE_TAG = "merge_tag", _("merged a tag into this one")


def words(action: str) -> str:
    """Return the label in the reader's language, or the stored value of an unknown action."""
    return str(Action(action).label) if action in Action.values else action
