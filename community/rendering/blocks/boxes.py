"""Open containers, and the lines of a paragraph."""

from __future__ import annotations

from dataclasses import dataclass

INDENT = "    "


@dataclass(slots=True)
class Box:
    """An open container. `quoted` ones continue with `>`, others with `indent` columns of space.

    `marker` begins its first line and is empty once written, `prefix` begins all others; `closing` is the placeholder
    that ends it; `key` is unique.
    """

    quoted: bool
    indent: int = 0
    prefix: str = ""
    marker: str = ""
    is_item: bool = False
    closing: str = ""
    key: int = 0


@dataclass(slots=True)
class Piece:
    """One line of a paragraph and the offset of its first character in the text."""

    text: str
    offset: int


def list_kind(marker: str) -> str:
    return "ol" if marker[:1].isdigit() else "ul"
