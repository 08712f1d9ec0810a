"""List the lines of a curve's chart that a reader can hide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpsandbox.document import Recorded
from bpsandbox.messages import _

from .look import Look, of_seed
from .settings import has_seed_lines, settings, shown_settings

MOST_SEEDS = 16
"""Most seeds that can be hidden one by one."""


@dataclass(frozen=True)
class Hideable:
    """A line that can be hidden."""

    name: str
    words: str
    is_hidden: bool


def lines_of(document: Recorded, name: str, look: Look) -> tuple[Hideable, ...]:
    """List the lines of a curve's chart; of a sweep, its settings that are drawn or hidden."""
    known = dict(_lines(document, name, look))
    return tuple(Hideable(each, words, each in look.hidden) for each, words in known.items())


def _lines(document: Recorded, name: str, look: Look) -> Iterator[tuple[str, str]]:
    if document.members:
        made = settings(document, name)
        drawn = {one.number for one in shown_settings(made, look)}
        known = [one for one in made if one.number in drawn or str(one.number) in look.hidden]
        yield from ((str(one.number), f"{one.number}: {one.words}") for one in known)
        if has_seed_lines(made[0]):
            yield "seeds", _("seeds")
            yield from _seeds(made[0].names)
        elif made[0].seeds > 1:
            yield "band", _("quartiles")
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
    yield from _seeds(document.seeds)


def _seeds(seeds: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    if 1 < len(seeds) <= MOST_SEEDS:
        yield from ((of_seed(seed), _("seed {seed}", seed=seed)) for seed in seeds)
