"""Threads and posts. A Thread is a question, discussion, article or note; its first Post is its body."""

from .drafts import DiscardedDraft, Draft
from .events import Event
from .kinds import Kind, Period, Role
from .links import Mention, PostLink
from .listings import TagListing, TopListing
from .posts import Post, Revision
from .reading import LONG_READ, TAG_COLUMNS, ReadPosition
from .taxonomy import Category, Tag
from .threads import Thread

__all__ = [
    "LONG_READ",
    "TAG_COLUMNS",
    "Category",
    "DiscardedDraft",
    "Draft",
    "Event",
    "Kind",
    "Mention",
    "Period",
    "Post",
    "PostLink",
    "ReadPosition",
    "Revision",
    "Role",
    "Tag",
    "TagListing",
    "Thread",
    "TopListing",
]
