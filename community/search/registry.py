"""Registry of searchable kinds. The owning app defines the visibility and display of hits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from community.search.excerpts import Draw, no_formulas


@dataclass(frozen=True, slots=True)
class Text:
    """The indexed text of a document."""

    object_id: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit as shown to its reader.

    `title` is safe HTML, `label` is its kind, `draw` returns requested formulas of its text as safe HTML by their
    LaTeX.
    """

    url: str
    title: SafeString
    label: str
    author: Any
    at: datetime
    language: str = ""
    is_solved: bool = False
    draw: Draw = no_formulas


@dataclass(frozen=True, slots=True)
class Source:
    """A searchable kind.

    `visible(user)` is a queryset of primary keys, joined into the search query; `resolve(ids, user)` loads what the
    page shows, by id; `texts()` iterates over everything, for a rebuild.
    """

    kind: str
    visible: Callable[[Any], Any]
    resolve: Callable[[Iterable[int], Any], dict[int, Hit]]
    texts: Callable[[], Iterator[Text]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.kind] = source


def sources() -> dict[str, Source]:
    return dict(_sources)
