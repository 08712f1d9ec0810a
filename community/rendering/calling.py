"""Whom a text calls: the names that its author wrote, not those in words that they quote."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from .islands import PLACEHOLDER, Islands, TagIsland
from .mentioning import fold

type Event = tuple[int, str]  # how many quotes are opened (or closed, below 0), and the handle that is named


def called(root: ElementTree.Element, islands: Islands) -> list[str]:
    """Return the folded handles of a tree's mentions outside quotes, in order, each once."""
    found: dict[str, None] = {}
    depth = 0
    for opened, handle in _events(root, islands):
        depth += opened
        if handle and not depth:
            found[handle] = None
    return list(found)


def _events(element: ElementTree.Element, islands: Islands) -> Iterator[Event]:
    """Go through a tree as it is read. A quote that is a callout is a pair of placeholders in its text."""
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
