"""Registry of what can be found. The app that owns a kind of thing says who may see it and how a hit looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from community.search.excerpts import Draw, nothing


@dataclass(frozen=True, slots=True)
class Text:
    """What is indexed of one thing."""

    object_id: int
    title: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """A found thing as its reader sees it; `title` is safe HTML, `label` says what it is, `draw` gives the formulas
    of its text that are asked for as safe HTML by their LaTeX."""

    url: str
    title: SafeString
    label: str
    author: Any
    at: datetime
    language: str = ""
    is_solved: bool = False
    draw: Draw = nothing


@dataclass(frozen=True, slots=True)
class Source:
    """`visible(user)` is a queryset of primary keys, joined into the search's own query;
    `resolve(ids, user)` loads what the page shows, by id; `texts()` walks everything, for a rebuild."""

    kind: str
    visible: Callable[[Any], Any]
    resolve: Callable[[Iterable[int], Any], dict[int, Hit]]
    texts: Callable[[], Iterator[Text]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.kind] = source


def sources() -> dict[str, Source]:
    return dict(_sources)
