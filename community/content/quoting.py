"""Quotes: whose words, from where, in their own source, so that formulas and configs stay what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from community.accounts import handles
from community.content.models import Post

LONGEST = 1_500
MOST_QUOTES = 20
# The line that `quoted` puts over a quote, in any language: who, and a link to which post.
_HEAD = re.compile(r"> ?@(?P<handle>\S{1,40}) [^\[\]]{0,40}\[#(?P<number>\d{1,9})\]\((?P<url>[^\s()]{1,500})\)")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


def quoted(post: Post, absolute: Callable[[str], str]) -> str:
    """The post's words as a Markdown quote under a line that names and links their author."""
    line = _("@{handle} wrote in [#{number}]({url}):").format(
        handle=post.author.handle, number=post.number, url=absolute(post.get_absolute_url())
    )
    words = "\n".join(f"> {row}".rstrip() for row in _cut(post.source).split("\n"))
    return f"> {line}\n>\n{words}\n\n"


def quoted_posts(source: str) -> list[Post]:
    """The public posts that a text quotes, as the first lines of its quotes say; at most MOST_QUOTES."""
    found = []
    for handle, thread, number in list(dict.fromkeys(_heads(source)))[:MOST_QUOTES]:
        post = Post.objects.public().select_related("author").filter(thread=thread, number=number).first()
        if post is not None and handles.fold(post.author.handle) == handles.fold(handle):
            found.append(post)
    return found


def _heads(source: str) -> Iterator[tuple[str, int, int]]:
    """Handle, thread and number of each quote. A head is the first line of its quote, not of one inside it."""
    before = ""
    for row in source.split("\n"):
        head = None if before.startswith(">") else _HEAD.match(row)
        thread = _thread_of(head["url"]) if head else None
        if head and thread is not None:
            yield head["handle"], thread, int(head["number"])
        before = row


def _thread_of(url: str) -> int | None:
    """The thread to whose page an address leads. Of another site's no post has that number and author."""
    try:
        return resolve(urlsplit(url).path).kwargs.get("pk")
    except (Resolver404, ValueError):
        return None


def _cut(source: str) -> str:
    """The first paragraphs up to the limit; a fence that was opened is closed."""
    source = source.strip()
    if len(source) <= LONGEST:
        return source
    head = source[:LONGEST].rsplit("\n", 1)[0].rstrip()
    fence = None
    for row in head.split("\n"):
        found = _FENCE.match(row)
        if found:
            fence = None if fence and found[1].startswith(fence) else fence or found[1]
    return head + (f"\n{fence}" if fence else "") + "\n\u2026"
