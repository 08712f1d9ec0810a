"""The few HTML tags people paste that are allowed. Every other tag is shown as text."""

from __future__ import annotations

import re
from html import escape, unescape

from .islands import Islands, TagIsland

INLINE = frozenset({"sub", "sup", "kbd"})
VOID = frozenset({"br", "img"})
BLOCK = frozenset({"details", "summary", "div", "center", "p"})
_ATTRIBUTE_TEXT = r"""(?:\s+[a-zA-Z][\w:-]*(?:\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'=<>`]+))?)"""
_TAG = re.compile(
    rf"<(/?)({'|'.join(sorted(INLINE | VOID | BLOCK))})((?:{_ATTRIBUTE_TEXT}){{0,12}})\s*(/?)>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z][\w:-]*)(?:\s*=\s*(?:"([^"<]*)"|'([^'<]*)'|([^\s"'=<>`]+)))?""")
_SIZE = re.compile(r"(\d{1,4})(?:px)?")
ALIGNMENTS = frozenset({"left", "center", "right"})


def read_tag(text: str, start: int) -> tuple[TagIsland, int] | None:
    """Read an allowed tag, rewritten with its allowed attributes."""
    match = _TAG.match(text, start, start + 4_000)
    if match is None:
        return None
    name = match[2].lower()
    if match[1]:
        if name in VOID:
            return None
        return TagIsland(match[0], _own(name), f"</{_own(name)}>", name in BLOCK, is_end=True), match.end()
    attributes = _attributes(match[3])
    island = TagIsland(match[0], _own(name), "", name in BLOCK, is_void=name in VOID, attributes=attributes)
    island.html = _start_tag(name, attributes)
    island.twin = island.is_void
    return island, match.end()


def pair(islands: Islands) -> None:
    """Match start and end tags inside one container; an unmatched tag becomes text."""
    opened: dict[int, list[TagIsland]] = {}
    for island in islands.all:
        if not isinstance(island, TagIsland) or island.is_void:
            continue
        waiting = opened.setdefault(island.where, [])
        if not island.is_end:
            waiting.append(island)
            continue
        while waiting and waiting[-1].name != island.name and any(other.name == island.name for other in waiting[-40:]):
            waiting.pop()
        if waiting and waiting[-1].name == island.name:
            waiting.pop().twin = island.twin = True


def _own(name: str) -> str:
    """Return `div` for a pasted paragraph or `center`, which can contain our paragraphs."""
    return "div" if name in {"p", "center"} else name


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = next((each for each in match.groups()[1:] if each is not None), "")
        found.setdefault(match[1].lower(), unescape(value))
    return found


def _start_tag(name: str, attributes: dict[str, str]) -> str:
    if name in {"div", "p", "center"}:
        align = "center" if name == "center" else attributes.get("align", "").lower()
        return f'<div class="align-{align}">' if align in ALIGNMENTS else "<div>"
    if name == "details":
        return "<details open>" if "open" in attributes else "<details>"
    return f"<{name}>"


def picture_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Return a pasted picture's URL, alternative text and size."""
    kept = {key: attributes[key] for key in ("src", "alt", "title") if attributes.get(key)}
    for key in ("width", "height"):
        if match := _SIZE.fullmatch(attributes.get(key, "").strip()):
            kept[key] = match[1]
    return kept


def as_text(island: TagIsland) -> str:
    return escape(island.source, quote=False)
