"""Registry of what a fenced block in a post may become. A higher app fills it in its AppConfig.ready.

An embed has three sides: `fence`, the dotted path of a Django-free function `(text, line) -> html, facts, problems`
that runs in the rendering child; `attach(post, facts)`, called with what it knew in the transaction that saves the
post; and `fill(htmls, user, post_ids) -> htmls`, which turns the placeholders of a whole page into what the reader may
see, with one query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from community.rendering.context import Facts


@dataclass(frozen=True, slots=True)
class Embed:
    name: str
    fence: str
    attach: Callable[..., None]
    fill: Callable[[Sequence[str], Any, Sequence[int | None]], list[str]]
    sparks: Callable[[Sequence[str], Any], dict[str, Any]] | None = None
    feed: Callable[[Sequence[str], Any], list[str]] | None = None


_embeds: dict[str, Embed] = {}


def register(embed: Embed) -> None:
    _embeds[embed.name] = embed


def fences() -> dict[str, str]:
    """Fence name to the dotted path that the rendering child resolves."""
    return {embed.name: embed.fence for embed in _embeds.values()}


def attach(post: Any, facts: Sequence[Facts]) -> None:
    for embed in _embeds.values():
        embed.attach(post, facts)


def fill(htmls: Sequence[str], user: Any, post_ids: Sequence[int | None] = ()) -> list[str]:
    """Fill every placeholder of a page's bodies, in order. `post_ids` names the posts they are of."""
    filled, ids = list(htmls), list(post_ids) or [None] * len(htmls)
    for embed in _embeds.values():
        filled = embed.fill(filled, user, ids)
    return filled


def for_feed(htmls: Sequence[str], user: Any) -> list[str]:
    """Turn every placeholder into what a feed reader or a mail can show: a picture and words, no script."""
    shown = list(htmls)
    for embed in _embeds.values():
        if embed.feed is not None:
            shown = embed.feed(shown, user)
    return shown


def draw_sparks(threads: Sequence[Any], user: Any) -> None:
    """Set `spark` on each thread of a list that leads with an embed the reader may see: one query for all."""
    drawn = sparks([thread.lead_embed for thread in threads], user)
    for thread in threads:
        thread.spark = drawn.get(thread.lead_embed) if thread.lead_embed else None


def sparks(keys: Sequence[str], user: Any) -> dict[str, Any]:
    """Small drawings for list rows, by `Thread.lead_embed`; only those the reader may see."""
    found: dict[str, Any] = {}
    for embed in _embeds.values():
        if embed.sparks is not None:
            found |= embed.sparks([key for key in keys if key], user)
    return found
