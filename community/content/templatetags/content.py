from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from community.accounts.models import User
from community.common.drawn import draw, draw_outlined
from community.common.page_cache import renewable
from community.content import draft_rows, embeds, languages
from community.content.category_tree import CategoryNode, category_roots, flattened
from community.content.leads import lead_of
from community.content.models import Category, Post, Tag, Thread
from community.content.shown import (
    count_of_post,
    count_of_thread,
    last_visit_line,
    shown_category,
    shown_thread,
    tags_of_row,
    title_of,
    unread_mark,
)
from community.rendering import readable_words
from community.rendering.limits import EXCERPT_LENGTH
from community.rendering.line_breaks import keep_shapes

register = template.Library()


@register.simple_tag
def post_body(post: Post) -> SafeString:
    """Show a post's sanitised HTML; `discussion.fill_bodies` has filled its embeds for the whole page."""
    return mark_safe(post.shown_html)


@register.simple_tag
def tag_about(tag: Tag) -> SafeString:
    """Show the sanitised HTML of what moderators wrote about a tag."""
    return mark_safe(tag.about_page.text)


@register.simple_tag
def preview_picture(post: Post) -> str:
    """Return the address of a picture for previews: that of the first embed shown in a post; or nothing."""
    return embeds.picture_of(getattr(post, "shown_html", "") or "")


@register.filter
def readable(text: str) -> str:
    """Make formulas readable in plain text, for page titles and descriptions."""
    return readable_words(text)


@register.filter
def no_break(text: str) -> SafeString:
    """Keep shapes such as 2-3-1 from breaking across lines in plain text."""
    return mark_safe(keep_shapes(conditional_escape(text or "")))


@register.simple_tag
def newest_draft(person: User) -> draft_rows.DraftRow | None:
    return draft_rows.newest_draft(person)


@register.filter
def written_in(source: str) -> str:
    """Return the language of a text that is still being edited."""
    return languages.detect(source or "")


@register.simple_tag
def thread_title(thread: Thread) -> SafeString:
    """Show a thread's title with its formulas, or the first words of an untitled note."""
    return title_of(thread)


@register.simple_tag
def thread_row(thread: Thread, by_date: str = "", within: Category | None = None) -> SafeString:
    """Show a thread in a list, as `shown_thread` does; and what follows it."""
    row = shown_thread(thread, by_date=by_date, within=within)
    holes = {"spark": thread.spark or "", "unread": unread_mark(thread), "reason": thread.reason}
    holes["tags"] = tags_of_row(thread)
    return draw_outlined("content/list_row.html", "thread", row, {}, **holes) + last_visit_line(thread)


@register.simple_tag
def row_count(row: Post | Thread) -> SafeString:
    """Show the number at the head of the row of a post or a thread."""
    count = count_of_thread(row) if isinstance(row, Thread) else count_of_post(row)
    return draw("components/row_count.html", {"count": count})


@register.simple_tag
def unread(thread: Thread) -> SafeString:
    """Show how many posts of a thread in a list this reader has not read, with a link to the first."""
    return unread_mark(thread)


@register.simple_tag
def last_visit(thread: Thread) -> SafeString:
    """Show the line after the last thread of a list that is newer than the reader's last visit."""
    return last_visit_line(thread)


@register.simple_tag
def category_list(current: Category | None = None, *, is_whole: bool = True) -> SafeString:
    """Show categories beside a page, those within others if it `is_whole` and they have threads; `current` is its own.

    With their counts, which change with every new thread.
    """
    return renewable(_drawn_categories, current.pk if current else 0, is_whole)


def _drawn_categories(current: int, is_whole: bool) -> SafeString:
    roots = category_roots()
    nodes = [node for node in flattened(roots) if _is_listed(node, current)] if is_whole else roots
    rows = [shown_category(each.category, is_current=each.category.pk == current, count=each.count) for each in nodes]
    return draw("content/category_list.html", {"categories": tuple(rows)})


def _is_listed(node: CategoryNode, current: int) -> bool:
    """Return whether a list has a category: an empty one within another is on that one's page."""
    return node.category.parent_id is None or node.count > 0 or node.category.pk == current


@register.simple_tag
def post_lead(post: Post, longest: int = EXCERPT_LENGTH) -> SafeString:
    """Show an excerpt of a post with its formulas."""
    return lead_of(post, longest)
