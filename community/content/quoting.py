"""Quotes of posts in their original source, so that formulas and configs are preserved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import takewhile
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from community.accounts import handles
from community.content.models import Post
from community.rendering.formulas import Span, code_spans, spans

LONGEST = 1_500
MOST_QUOTES = 20
# The attribution line `quoted` puts above a quote, in any language: the author and a link to the post.
_HEAD = re.compile(r"> ?@(?P<handle>\S{1,40}) [^\[\]]{0,40}\[#(?P<number>\d{1,9})\]\((?P<url>[^\s()]{1,500})\)")
_REFERENCE = re.compile(
    r'<a class="eqref" href="(?P<anchor>#[^"]*)"[^>]*><math>.*?<mtext>(?P<number>[^<]*)</mtext>.*?'
    r'<annotation encoding="application/x-tex">(?P<latex>[^<]*)</annotation>'
)
_LABELLED = re.compile(r"(\$?)(?P<latex>\\(?:eqref|ref)\{[^{}\n]{1,80}\})\1")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


def as_quote(post: Post, absolute: Callable[[str], str]) -> str:
    """Return the post as a Markdown quote with a linked attribution line."""
    line = _("@{handle} wrote in [#{number}]({url}):").format(
        handle=post.author.handle, number=post.number, url=absolute(post.get_absolute_url())
    )
    source = _with_linked_references(_cut(post.source), post.html, absolute(post.get_absolute_url()))
    words = "\n".join(f"> {row}".rstrip() for row in source.split("\n"))
    return f"> {line}\n>\n{words}\n\n"


def _with_linked_references(source: str, html: str, url: str) -> str:
    """Return a source in which references to equations, whose labels stay behind, are links with their numbers."""
    place = url.partition("#")[0]
    shown = [found.groupdict() for found in _REFERENCE.finditer(html)]
    links = {unescape(each["latex"]): f"[{each['number']}]({place}{each['anchor']})" for each in shown}
    links = {latex: link for latex, link in links.items() if not link.startswith(("[(??)]", "[??]"))}
    pieces, free = [], 0
    for start, end in sorted([*((span.start, span.end) for span in spans(source)), *code_spans(source)]):
        if start >= free and not _LABELLED.fullmatch(source, start, end):
            pieces += [_with_links(source[free:start], links), source[start:end]]
            free = end
    return "".join([*pieces, _with_links(source[free:], links)])


def _with_links(words: str, links: dict[str, str]) -> str:
    return _LABELLED.sub(lambda found: links.get(found["latex"], found[0]), words)


def quoted_posts(source: str) -> list[Post]:
    """Return the public posts a text quotes, by attribution line; at most MOST_QUOTES."""
    found = []
    for handle, thread, number in list(dict.fromkeys(_attributions(source)))[:MOST_QUOTES]:
        post = Post.objects.public().select_related("author").filter(thread=thread, number=number).first()
        if post is not None and handles.fold(post.author.handle) == handles.fold(handle):
            found.append(post)
    return found


def _attributions(source: str) -> Iterator[tuple[str, int, int]]:
    """Return handle, thread and number of each quote, from its first line; nested quotes do not count."""
    before = fence = ""
    for row in source.split("\n"):
        fence = _fence_after(fence, row)
        head = None if fence or before.startswith(">") else _HEAD.match(row)
        thread = _thread_of(head["url"]) if head else None
        if head and thread is not None:
            yield head["handle"], thread, int(head["number"])
        before = row


def _thread_of(url: str) -> int | None:
    """Return the thread key in a post URL; the host is not checked, since author and number must match too."""
    try:
        return resolve(urlsplit(url).path).kwargs.get("pk")
    except (Resolver404, ValueError):
        return None


def _cut(source: str) -> str:
    """Return the first paragraphs up to the limit, closing an open fence. A formula is quoted whole or not at all."""
    source = source.strip()
    if len(source) <= LONGEST:
        return source
    head = source[:LONGEST].rsplit("\n", 1)[0].rstrip()
    fence = _open_fence(head)
    if not fence and (formula := _around(source, len(head))):
        head = source[: formula.start].rstrip() or source[: formula.end]
        fence = _open_fence(head)
    return head + (f"\n{fence}" if fence else "") + "\n\u2026"


def _around(source: str, at: int) -> Span | None:
    """Return the formula of which one part is before a position and the other after it."""
    before = takewhile(lambda span: span.start < at, spans(source))
    return next((span for span in before if span.end > at), None)


def _open_fence(text: str) -> str:
    """Return the marks of the fence that is open at the end of a text; empty if none is."""
    fence = ""
    for row in text.split("\n"):
        fence = _fence_after(fence, row)
    return fence


def _fence_after(fence: str, row: str) -> str:
    """Return the marks of the fence that is open after a line; empty if none is."""
    found = _FENCE.match(row)
    if found is None:
        return fence
    return "" if fence and found[1].startswith(fence) else fence or found[1]
