"""List the lines of a curve's chart that a reader can hide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpsandbox.document import Recorded
from bpsandbox.messages import _

from .look import Look
from .settings import settings


@dataclass(frozen=True)
class Hideable:
    """A line that can be hidden."""

    name: str
    words: str
    is_hidden: bool


def lines_of(document: Recorded, name: str, look: Look) -> tuple[Hideable, ...]:
    """List the lines of a curve's chart; of a sweep, its drawn settings."""
    known = dict(_lines(document, name))
    return tuple(Hideable(each, words, each in look.hidden) for each, words in known.items())


def _lines(document: Recorded, name: str) -> Iterator[tuple[str, str]]:
    if document.members:
        drawn = sorted((one for one in settings(document, name) if one.is_drawn), key=lambda one: one.number)
        yield from ((str(one.number), f"{one.number}: {one.words}") for one in drawn)
        return
    if len(document.seeds) > 1:
        yield "median", _("median")
        yield "seeds", _("seeds")
    if len(document.seeds) > 2:
        yield "band", _("quartiles")
    part, _rest, measure = name.partition("_")
    for other, words in (("val", _("validation")), ("test", _("test"))):
        if part == "train" and f"{other}_{measure}" in document.curves:
            yield other, words
