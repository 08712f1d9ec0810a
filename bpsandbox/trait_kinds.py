"""The kinds of traits that lists are filtered by: their values, how a word is read as one, and how one is said."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from bpsandbox.core.data.datasets import SETS
from bpsandbox.document import KINDS as FINDINGS
from bpsandbox.explain import title_of
from bpsandbox.messages import N_, _
from bpsandbox.spec.language import activation, layer, loss, optimizer


@dataclass(frozen=True)
class Kind(ABC):
    """One kind of trait. `name` is that of the filter in an address."""

    name: str
    is_several: ClassVar[bool] = False
    """Whether a run has several, so that a list can be filtered by more than one."""

    @abstractmethod
    def has(self, value: str) -> bool:
        """Return whether this is a value, in the one spelling of addresses and rows."""

    @abstractmethod
    def read(self, word: str) -> str:
        """Return the value that a person's word names, in any spelling; empty if there is none."""

    def words(self, value: str) -> str:
        """Return a value in the reader's words."""
        return value

    def chosen(self, values: Sequence[str]) -> tuple[str, ...]:
        """Return those that are values, only the first where a run has one."""
        found = tuple(filter(self.has, values))
        return found if self.is_several else found[:1]


@dataclass(frozen=True)
class Listed(Kind):
    """A kind with so few values that lists offer them all."""

    label: str
    values: tuple[str, ...]

    def has(self, value: str) -> bool:
        return value in self.values

    def read(self, word: str) -> str:
        return self.by_spelling().get(plain(word), "")

    def by_spelling(self) -> dict[str, str]:
        """Return the values by each of their spellings, of several the first."""
        return {spelling: value for value in reversed(self.values) for spelling in self._spellings(value)}

    def _spellings(self, value: str) -> tuple[str, ...]:
        return plain(value), plain(self.words(value))


class Data(Listed):
    def words(self, value: str) -> str:
        return _("own points") if value == OWN_POINTS else value


class Loss(Listed):
    def _spellings(self, value: str) -> tuple[str, ...]:
        return *super()._spellings(value), plain(value.removesuffix("Loss"))


class Several(Listed):
    is_several = True


class Finding(Several):
    def words(self, value: str) -> str:
        return title_of(value)


class Sizes(Kind):
    """The sizes of linear layers, such as 2-3-1, with any dash: too many to be offered."""

    LOOK: ClassVar = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,5}){1,9}")
    DASHES: ClassVar = str.maketrans("‐‑–—−", "-----")

    def has(self, value: str) -> bool:
        return self.LOOK.fullmatch(value) is not None

    def read(self, word: str) -> str:
        sizes = word.strip().translate(self.DASHES)
        return sizes if self.has(sizes) else ""


@lru_cache(maxsize=1024)
def plain(word: str) -> str:
    """Return the letters and digits of a word, in lower case."""
    return "".join(sign for sign in word.casefold() if sign.isalnum())


OWN_POINTS = "points"
"""Stands for data that a config brings itself."""
SIZES = Sizes("sizes")
LISTED: tuple[Listed, ...] = (
    Data("data", N_("Data"), (*SETS, OWN_POINTS)),
    Several("layer", N_("Layer"), tuple(name for name in layer.RECORDS if name not in activation.RECORDS)),
    Several("activation", N_("Activation"), tuple(activation.RECORDS)),
    Loss("loss", N_("Loss"), tuple(loss.LOSS.records)),
    Listed("optimizer", N_("Optimiser"), tuple(optimizer.OPTIMIZER.records)),
    Finding("finding", N_("Finding"), FINDINGS),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in (*LISTED, SIZES)}
"""By name, in the order in which a word is read."""
