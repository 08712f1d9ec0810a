"""Quotes: whose words, from where, in their own source, so that formulas and configs stay what they are."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from community.content.models import Post

LONGEST = 1_500
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


def quoted(post: Post, absolute: Callable[[str], str]) -> str:
    """The post's words as a Markdown quote under a line that names and links their author."""
    line = _("@{handle} wrote in [#{number}]({url}):").format(
        handle=post.author.handle, number=post.number, url=absolute(post.get_absolute_url())
    )
    words = "\n".join(f"> {row}".rstrip() for row in _cut(post.source).split("\n"))
    return f"> {line}\n>\n{words}\n\n"


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
