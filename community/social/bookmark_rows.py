"""Rows of the list of bookmarks."""

from __future__ import annotations

from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from community.common.drawn import draw_outlined, hole
from community.common.lines import lines_of
from community.common.templatetags.ui import ago
from community.content.leads import lead_of
from community.content.models import Post
from community.content.shown import (
    ANY_KEY,
    ANY_TIME,
    ANY_URL,
    ANYBODY,
    RowCount,
    ShownPerson,
    count_of_post,
    shown_person,
    title_of,
    unread_mark,
)
from community.social.models import Bookmark

TITLE_LENGTH = 80
LEAD_LENGTH = 160


class ShownBookmark(NamedTuple):
    """A bookmark of a post; `pk`, `url`, `row_count`, `author` and `created` are the post's."""

    pk: int
    url: str
    row_count: RowCount | None
    author: ShownPerson
    created: SafeString
    added: SafeString

    def outline(self) -> ShownBookmark:
        return self._replace(pk=ANY_KEY, url=ANY_URL, author=ANYBODY, created=ANY_TIME, added=hole("added"))


def bookmark_row(bookmark: Bookmark, back: str) -> SafeString:
    """Draw a bookmark that `selectors.complete` has completed; `back` is the address of its page."""
    post = bookmark.post
    shown = ShownBookmark(
        pk=post.pk,
        url=post.get_absolute_url(),
        row_count=count_of_post(post),
        author=shown_person(post.author),
        created=ago(post.created_at),
        added=ago(bookmark.created_at),
    )
    facts = render_to_string("social/bookmark_facts.html", {"bookmark": bookmark})
    holes = {"title": _title(post), "lead": lead_of(post, LEAD_LENGTH), "note": _note(bookmark), "facts": facts}
    holes |= {"unread": unread_mark(post.thread), "number": _number(post)}
    return draw_outlined("social/bookmark_row.html", "bookmark", shown, {"back": back}, **holes)


def _number(post: Post) -> SafeString:
    """Return the number of a reply; an opening post is named by the title of its thread."""
    return SafeString("") if post.is_opening else format_html('<span class="tabular">#{}</span>', post.number)


def _title(post: Post) -> SafeString:
    """Return the title of the thread, or the first words of the post."""
    if post.thread.title_html:
        return title_of(post.thread)
    return conditional_escape(Truncator(post.excerpt).chars(TITLE_LENGTH))


def _note(bookmark: Bookmark) -> SafeString:
    if not bookmark.note:
        return SafeString("")
    return format_html('<p class="bookmark-note" lang="" dir="auto">{}</p>', lines_of(bookmark.note))
