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
    ANYBODY,
    ShownCategory,
    ShownPerson,
    ShownTag,
    any_tags,
    last_visit_line,
    shown_category,
    shown_person,
    shown_tags,
    title_of,
    unread_mark,
)

LEAD_LENGTH = 160


class ShownFeedPost(NamedTuple):
    """A post of the home feed; `verb` and `replies` are in the reader's language, `replies` empty if there are none."""

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
    is_opening: bool
    category: ShownCategory | None
    tags: tuple[ShownTag, ...]
    score: int
    says_solved: bool
    replies: str
    has_spark: bool

    def outline(self) -> ShownFeedPost:
        """An untitled note keeps its words, of which the template shows a few."""
        drawn = self._replace(url=ANY_URL, author=ANYBODY, created=ANY_TIME, tags=any_tags(self.tags))
        return drawn._replace(title_html=ANY_TITLE) if self.is_titled else drawn

    @property
    def kind_words(self) -> str:
        return str(Kind(self.kind).label)


def feed_row(post: Post) -> SafeString:
    """Draw a post of `feeds.events_of`, with `listed_tags` of its thread, and the line that may follow it.

    It says why it is there if the thread has a `reason`.
    """
    lead = lead_of(post, LEAD_LENGTH) if post.thread.title else SafeString("")
    shown = _shown(post, has_lead=bool(lead))
    holes = {"lead": lead, "spark": post.thread.spark or "", "unread": unread_mark(post.thread)}
    holes["reason"] = post.thread.reason
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
        is_opening=post.is_opening,
        category=shown_category(thread.category) if thread.category else None,
        tags=shown_tags(thread),
        score=0 if post.is_opening else post.score,
        says_solved=thread.is_solved and post.pk != thread.solved_post_id,
        replies=thread.replies_in_words if thread.answers_or_replies else "",
        has_spark=bool(thread.spark),
    )
