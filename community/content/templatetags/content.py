from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from community.content import languages, policies
from community.content.models import Post, Thread
from community.rendering import readable_words
from community.rendering.excerpts import lead
from community.rendering.limits import EXCERPT_LENGTH
from community.rendering.line_breaks import keep_shapes

register = template.Library()


@register.simple_tag
def post_body(post: Post) -> SafeString:
    """Show a post's sanitised HTML; `discussion.fill_bodies` has filled its embeds for the whole page."""
    return mark_safe(post.shown_html)


@dataclass(frozen=True, slots=True)
class Rights:
    """The reader's permissions on one post, for its buttons."""

    own: bool
    comment: bool
    edit: bool
    delete: bool
    restore: bool


@register.simple_tag(takes_context=True)
def post_rights(context: template.Context, post: Post) -> Rights:
    user = context["request"].user
    return Rights(
        own=policies.is_own(user, post),
        comment=post.is_visible and policies.can_reply(user, post.thread),
        edit=policies.can_edit(user, post),
        delete=policies.can_delete(user, post),
        restore=policies.can_restore(user, post),
    )


@register.filter
def readable(text: str) -> str:
    """Make formulas readable in plain text, for page titles and descriptions."""
    return readable_words(text)


@register.filter
def no_break(text: str) -> SafeString:
    """Keep shapes such as 2-3-1 from breaking across lines in plain text."""
    return mark_safe(keep_shapes(conditional_escape(text or "")))


@register.filter
def written_in(source: str) -> str:
    """Return the language of a text that is still being edited."""
    return languages.detect(source or "")


@register.simple_tag
def thread_title(thread: Thread) -> SafeString:
    """Show a thread's title with its formulas, or the first words of an untitled note."""
    if thread.title_html:
        return mark_safe(thread.title_html)
    return conditional_escape(thread.title)


@register.simple_tag
def post_lead(post: Post, longest: int = EXCERPT_LENGTH) -> SafeString:
    """Show an excerpt of a post with its formulas."""
    return mark_safe(lead(post.html, longest))
