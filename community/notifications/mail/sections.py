"""Registry of what digests tell besides notifications. Higher apps fill it in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from community.accounts.models import User


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a section. `title` is safe HTML, math included; the rest is text, `url` and `picture` are paths.

    `facts` are a picture's numbers, with their names, for clients and people that do not see it.
    """

    url: str
    title: str
    by: str = ""
    excerpt: str = ""
    language: str = ""
    picture: str = ""
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """`items` returns what its reader may see, since a moment. One that `is_reason` is worth a letter by itself."""

    title: Any
    items: Callable[[User, datetime], Sequence[Item]]
    is_reason: bool = True


_sections: list[tuple[int, Section]] = []


def register(section: Section, *, place: int) -> None:
    """Add a section; the lowest `place` comes first."""
    if (place, section) not in _sections:
        _sections.append((place, section))
        _sections.sort(key=lambda entry: entry[0])


def sections() -> list[Section]:
    return [section for _place, section in _sections]
