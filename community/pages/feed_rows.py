"""Rows of the home feed."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.safestring import SafeString

from community.common.drawn import draw_outlined
from community.common.templatetags.ui import ago
from community.content.leads import lead_of
from community.content.models import Kind, Post
from community.content.shown import (
    ANY_TIME,
    ANY_TITLE,
    ANY_URL,
    ANY_VOTES,
    ANYBODY,
    RowCount,
    ShownCategory,
    ShownPerson,
    count_of_thread,
    last_visit_line,
    shown_category,
    shown_person,
    tags_of_row,
    title_of,
    unread_mark,
)

LEAD_LENGTH = 160


class ShownFeedPost(NamedTuple):
    """A post of the home feed; `verb` is in the reader's language, `row_count` that of its thread."""

    author: ShownPerson
    verb: str
    created: SafeString
    language: str
    thread_language: str
    kind: str
    url: str
    is_titled: bool
    title_html: SafeString
    excerpt: str
    has_lead: bool
    row_count: RowCount
    category: ShownCategory | None
    votes: str
    has_spark: bool

    def outline(self) -> ShownFeedPost:
        """An untitled note keeps its words, of which the template shows a few."""
        votes = ANY_VOTES if self.votes else ""
        drawn = self._replace(url=ANY_URL, author=ANYBODY, created=ANY_TIME, votes=votes)
        return drawn._replace(title_html=ANY_TITLE) if self.is_titled else drawn

    @property
    def kind_words(self) -> str:
        return str(Kind(self.kind).label)


def feed_row(post: Post) -> SafeString:
    """Draw a post of `feeds.events_of`, and the line that may follow it.

    It says why it is there if the thread has a `reason`.
    """
    lead = lead_of(post, LEAD_LENGTH) if post.thread.title else SafeString("")
    shown = _shown(post, has_lead=bool(lead))
    holes = {"lead": lead, "spark": post.thread.spark or "", "unread": unread_mark(post.thread)}
    holes |= {"reason": post.thread.reason, "tags": tags_of_row(post.thread)}
    return draw_outlined("pages/feed_row.html", "post", shown, {}, **holes) + last_visit_line(post.thread)


def _shown(post: Post, *, has_lead: bool) -> ShownFeedPost:
    thread = post.thread
    return ShownFeedPost(
        author=shown_person(post.author),
        verb=post.verb,
        created=ago(post.at),  # type: ignore[attr-defined]
        language=post.language,
        thread_language=thread.language,
        kind=thread.kind,
        url=post.get_absolute_url(),
        is_titled=bool(thread.title),
        title_html=title_of(thread),
        excerpt="" if thread.title else post.excerpt,
        has_lead=has_lead,
        row_count=count_of_thread(thread),
        category=shown_category(thread.category) if thread.category else None,
        votes=thread.votes,
        has_spark=bool(thread.spark),
    )
