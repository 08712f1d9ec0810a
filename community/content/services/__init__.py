"""Content services. Keyword-only, one transaction each; rendering happens before the transaction."""

from .drafts import discard_draft, drop_posted, keep_draft, restore_discarded, restore_draft, save_draft
from .editing import Approval, edit_post
from .holding import hold_thread, release_thread
from .posts import add_post
from .publishing import publish_thread
from .reading import mark_all_read, mark_read, read_for, read_posts, read_text
from .removal import delete_post, hide_post, restore_post, unhide_post
from .threads import DEFAULT_CATEGORY, start_thread

__all__ = [
    "DEFAULT_CATEGORY",
    "Approval",
    "add_post",
    "delete_post",
    "discard_draft",
    "drop_posted",
    "edit_post",
    "hide_post",
    "hold_thread",
    "keep_draft",
    "mark_all_read",
    "mark_read",
    "publish_thread",
    "read_for",
    "read_posts",
    "read_text",
    "release_thread",
    "restore_discarded",
    "restore_draft",
    "restore_post",
    "save_draft",
    "start_thread",
    "unhide_post",
]
