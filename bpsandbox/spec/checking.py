"""Make a draft from the text of a config: read values, apply `compat`, and check all rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property

from . import compat, shapes
from .draft import Draft
from .facts import facts_of
from .language import CONFIG
from .nodes import Mapping
from .problems import Log
from .reading import read
from .rules import RULES


class Reading:
    """A text with what is read from it, each part when it is first asked for."""

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        self.text = text
        self.log = Log(line, column)

    @cached_property
    def tree(self) -> Mapping | None:
        """The tree; None, with a problem in the log, if the text is no mapping."""
        return read(self.text, self.log)

    @cached_property
    def draft(self) -> Draft | None:
        """The values, with all problems in the log; None where there is no tree."""
        return checked(self.tree, self.log) if self.tree is not None else None


KEPT = 2
"""Readings that are kept within `read_once`: of a text, and of that text changed. Those of long texts are large."""
_kept: ContextVar[dict[tuple[str, int, int], Reading] | None] = ContextVar("readings", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within this, a text is read once, whatever is made of it: a spec, controls, another text."""
    token = _kept.set({}) if _kept.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _kept.reset(token)


def reading_of(text: str, line: int = 1, column: int = 1) -> Reading:
    kept, key = _kept.get(), (text, line, column)
    if kept is None:
        return Reading(*key)
    reading = kept.pop(key) if key in kept else Reading(*key)
    kept[key] = reading  # the one that was asked for last is the last
    while len(kept) > KEPT:
        del kept[next(iter(kept))]
    return reading


def checked(tree: Mapping, log: Log) -> Draft:
    """Read the values of a config and check every rule."""
    values = CONFIG.read(tree, (), log)
    compat.choose(values, log)
    draft = Draft(values, log, facts_of(values["dataset"]))
    shapes.infer_shapes(draft)
    for rule in RULES:
        rule(draft)
    return draft
