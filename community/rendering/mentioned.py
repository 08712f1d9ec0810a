"""Mentioned people: handles in the author's own words, not in quotes."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from .islands import PLACEHOLDER, Islands, TagIsland
from .mentioning import fold

type Event = tuple[int, str]  # how many quotes are opened (closed if negative), and the handle mentioned


def mentioned_handles(root: ElementTree.Element, islands: Islands) -> list[str]:
    """Return the folded handles mentioned outside quotes, in order, without duplicates."""
    found: dict[str, None] = {}
    depth = 0
    for opened, handle in _events(root, islands):
        depth += opened
        if handle and not depth:
            found[handle] = None
    return list(found)


def _events(element: ElementTree.Element, islands: Islands) -> Iterator[Event]:
    """Walk a tree in reading order. A callout written as a quote is a pair of placeholders in its text."""
    if element.tag == "blockquote":
        yield 1, ""
    elif element.get("class") == "mention":
        yield 0, fold((element.text or "")[1:])
    yield from _callouts(element.text, islands)
    for child in element:
        yield from _events(child, islands)
        yield from _callouts(child.tail, islands)
    if element.tag == "blockquote":
        yield -1, ""


def _callouts(text: str | None, islands: Islands) -> Iterator[Event]:
    for number in PLACEHOLDER.findall(text or ""):
        island = islands.get(number)
        if isinstance(island, TagIsland) and island.is_quote:
            yield -1 if island.is_end else 1, ""
