"""Registry of embeds: fenced blocks that a higher app renders. Filled in AppConfig.ready.

An embed has three parts: `fence`, the dotted path of a Django-free function `(text, line) -> html, facts, problems`
that runs in the rendering child; `attach(post, facts)`, called with these facts in the transaction that saves the post;
and `fill(htmls, user, post_ids, is_shared) -> htmls`, which replaces the placeholders of a whole page with what the
reader can see, in one query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Protocol

from django.utils.safestring import SafeString

from community.content.models import Post, Thread
from community.content.querysets import Reader
from community.rendering.context import Facts


class Drawing(Protocol):
    """Draws the curve of a run; `prefix` makes its ids unique on the page.

    `is_told`: with whether it was stopped, and how many seeds are stuck.
    """

    def __call__(self, prefix: str, is_told: bool = False) -> SafeString: ...


class Shown(NamedTuple):
    """An embed that a post shows, with its title there."""

    key: str
    post_id: int
    title: str
    draw: Drawing


@dataclass(frozen=True, slots=True)
class Embed:
    name: str
    fence: str
    attach: Callable[..., None]
    fill: Callable[[Sequence[str], Reader, Sequence[int | None], bool], list[str]]
    sparks: Callable[[Sequence[str], Reader], dict[str, Drawing]] | None = None
    feed: Callable[[Sequence[str], Reader], list[str]] | None = None
    picture: Callable[[str], str] | None = None
    words: Callable[[str], list[str]] | None = None
    keys: Callable[[str], list[str]] | None = None
    shown_in: Callable[[Sequence[int], int], list[Shown]] | None = None
    preview: Callable[[str, Reader], SafeString | None] | None = None
    unfinished: Callable[[Sequence[str], Reader], set[str]] | None = None


_embeds: dict[str, Embed] = {}


def register(embed: Embed) -> None:
    _embeds[embed.name] = embed


def fences() -> dict[str, str]:
    """Return fence name → dotted path, resolved by the rendering child."""
    return {embed.name: embed.fence for embed in _embeds.values()}


def attach(post: Post, facts: Sequence[Facts]) -> None:
    for embed in _embeds.values():
        embed.attach(post, facts)


def fill(
    htmls: Sequence[str], user: Reader, post_ids: Sequence[int | None] = (), *, is_shared: bool = False
) -> list[str]:
    """Fill all placeholders in a page's bodies, in order. `post_ids` are their posts; previews have none.

    `is_shared`: the page is for people with its secret link. They see what `user` sees but can open none of it.
    """
    filled, ids = list(htmls), list(post_ids) or [None] * len(htmls)
    for embed in _embeds.values():
        filled = embed.fill(filled, user, ids, is_shared)
    return filled


def for_feed(htmls: Sequence[str], user: Reader) -> list[str]:
    """Replace all placeholders for feeds and email: a picture and text, no script."""
    shown = list(htmls)
    for embed in _embeds.values():
        if embed.feed is not None:
            shown = embed.feed(shown, user)
    return shown


def picture_of(html: str) -> str:
    """Return the address of a picture of the first embed in a filled body, for previews of other sites; or nothing."""
    found = (embed.picture(html) for embed in _embeds.values() if embed.picture is not None)
    return next(filter(None, found), "")


def first_key(html: str) -> str:
    """Return the key of the first embed in a body; empty without any."""
    return next(iter(keys_in(html)), "")


def keys_in(html: str) -> list[str]:
    """Return the keys of all embeds in a body."""
    return [key for embed in _embeds.values() if embed.keys is not None for key in embed.keys(html)]


def unfinished(keys: Sequence[str], user: Reader) -> set[str]:
    """Return which of these will have a result but have none yet, of those the reader can see."""
    found = (embed.unfinished(keys, user) for embed in _embeds.values() if embed.unfinished is not None)
    return set().union(*found) if keys else set()


def shown_in(posts: Sequence[int], most: int) -> list[Shown]:
    """Return embeds with a result that everyone can see in these posts, those of the newest post first."""
    found = (each for embed in _embeds.values() if embed.shown_in is not None for each in embed.shown_in(posts, most))
    return list(islice(found, most))


def preview(key: str, user: Reader) -> SafeString | None:
    """Draw what is shown beside a link to an embed; None if the reader cannot see it."""
    found = (embed.preview(key, user) for embed in _embeds.values() if embed.preview is not None)
    return next(filter(None, found), None)


def words(html: str) -> list[str]:
    """Return the text of each embed in a body as its author wrote it, for search; nothing without embeds."""
    return [text for embed in _embeds.values() if embed.words is not None for text in embed.words(html)]


def draw_sparks(threads: Sequence[Thread], user: Reader) -> None:
    """Set `spark` on each thread whose leading embed the reader can see: one query for the list."""
    drawn = sparks([thread.lead_embed for thread in threads], user)
    for thread in threads:
        draw = drawn.get(thread.lead_embed) if thread.lead_embed else None
        thread.spark = draw("spark") if draw else None


def sparks(keys: Sequence[str], user: Reader) -> dict[str, Drawing]:
    """Return sparklines by `Thread.lead_embed`, only those the reader can see."""
    found: dict[str, Drawing] = {}
    for embed in _embeds.values():
        if embed.sparks is not None:
            found |= embed.sparks([key for key in keys if key], user)
    return found
