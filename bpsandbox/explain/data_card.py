"""Write the card of a data set: what it is, how it is made, its source and its statistics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from bpsandbox.core.data.datasets import SETS, CatalogueEntry, Dataset, Summary, points, summary
from bpsandbox.core.data.datasets.catalogue import OURS, SHARED
from bpsandbox.messages import N_, _
from bpsandbox.spec import parse
from bpsandbox.spec.build.data import make_dataset
from bpsandbox.spec.facts import facts_of
from bpsandbox.spec.language.dataset import NAMED, PREPARATION
from bpsandbox.spec.samples import SAMPLED, sample

from .in_words import Row

MOST_NUMBERS = 200_000
"""Most numbers in a run's data set for which its page generates the set again."""
MOST_CLASSES = 12
OWN = CatalogueEntry(
    points,
    False,
    N_("Your own data, written in the config itself."),
    N_("x and y as lists, or lines of numbers with the target last: at most 500 samples and 20,000 numbers"),
    N_("Yours."),
    N_("yours"),
)
SHELVES = {
    "plane": N_("Classes in the plane"),
    "function": N_("Functions"),
    "measured": N_("Measured"),
    "sequence": N_("Sequences"),
    "own": N_("Your own"),
}


@dataclass(frozen=True)
class Field:
    """A field of one data set: its default and its allowed values."""

    name: str
    default: str
    allowed: str
    about: str


@dataclass(frozen=True)
class DataCard:
    """A set with its default fields, or the set of a run. Sentences are in the language active when they are read."""

    name: str
    dataset: Dataset
    summary: Summary
    known: CatalogueEntry

    @property
    def about(self) -> str:
        return _(self.known.about)

    @property
    def shelf(self) -> str:
        if self.name not in SETS:
            return "own"
        if self.known.licence == SHARED:
            return "measured"
        if len(self.summary.shape) == 2:
            return "sequence"
        return "plane" if self.summary.classes else "function"

    @property
    def config(self) -> str:
        """Return a config to start from."""
        return sample(self.name)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the fields that may be set besides the name."""
        return tuple(_fields(self.name)) if self.name in SETS else ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return all rows of the card."""
        return tuple(_rows(self))

    @property
    def size(self) -> str:
        """Return the number of samples and their shape, in a few words."""
        count, shape = f"{self.summary.n:,}", self.summary.shape
        if len(shape) == 3:
            return _("{count} pictures of {shape}", count=count, shape=" × ".join(map(str, shape)))
        if len(shape) == 2 and shape[1] == 1:
            return _("{count} sequences of {steps} numbers", count=count, steps=shape[0])
        if len(shape) == 2:
            return _(
                "{count} sequences of {steps} steps, {size} numbers each", count=count, steps=shape[0], size=shape[1]
            )
        if shape == (1,):
            return _("{count} examples of one number", count=count)
        return _("{count} examples of {size} numbers", count=count, size=shape[0])

    @property
    def target(self) -> str:
        """Describe the target in a few words."""
        if self.summary.classes:
            return _("{count} classes", count=len(self.summary.classes))
        if self.summary.target_size == 1:
            return _("one number")
        return _("{count} numbers", count=self.summary.target_size)


@cache
def data_card(name: str) -> DataCard:
    """Return the card of a named set with its default fields, or of `points`. Raises KeyError."""
    known = OWN if name == "points" else SETS[name]
    dataset = make_dataset(parse(sample(name)).config["dataset"])[0]
    return DataCard(name, dataset, summary(dataset), known)


def data_cards() -> tuple[DataCard, ...]:
    return tuple(data_card(name) for name in SAMPLED)


def data_of(config: dict[str, Any]) -> DataCard | None:
    """Return the card of a canonical config's data, with its seed and size; None if there are too many samples."""
    block = config["dataset"]
    facts = facts_of({"features": None, **block})
    if facts is None or facts.n * facts.size > MOST_NUMBERS:
        return None
    raw = make_dataset(block)[1]
    name = block.get("name", "points")
    return DataCard(name, raw, summary(raw), SETS.get(name, OWN))


def shelves() -> tuple[tuple[str, tuple[DataCard, ...]], ...]:
    """Return all cards in groups, each with a heading."""
    cards = data_cards()
    return tuple((_(title), tuple(card for card in cards if card.shelf == shelf)) for shelf, title in SHELVES.items())


def _rows(card: DataCard) -> Iterator[Row]:
    found = card.summary
    yield Row(_("Size"), f"{card.size} → {card.target}")
    is_made = card.name in SETS and card.known.licence != SHARED
    yield Row(_("How it is made") if is_made else _("At a glance"), _(card.known.formula))
    yield Row(_("Inputs"), _spread(found.inputs))
    if found.targets is None:
        yield Row(_("Classes"), _balance(found))
    else:
        yield Row(_("Targets"), _spread(found.targets))
    is_cited = card.known.source not in (OURS, OWN.source)
    yield Row(_("Origin"), card.known.source if is_cited else _(card.known.source), language="en" if is_cited else "")
    yield Row(_("Licence"), _(card.known.licence))


def _balance(found: Summary) -> str:
    counts = {count for _label, count in found.classes}
    if len(counts) == 1:
        names = _(", ").join(str(label) for label, _count in found.classes[:MOST_CLASSES])
        return _("{names}: {count} each", names=names, count=f"{counts.pop():,}")
    shown = [_("{label}: {count}", label=label, count=f"{count:,}") for label, count in found.classes[:MOST_CLASSES]]
    return _(", ").join([*shown, "…"] if len(found.classes) > MOST_CLASSES else shown)


def _spread(spread: Any) -> str:
    return _(
        "from {low} to {high}, mean {mean}, variance {variance}",
        low=_short(spread.low), high=_short(spread.high), mean=_short(spread.mean), variance=_short(spread.variance),
    )  # fmt: skip


def _short(value: float) -> str:
    """Format four digits, with thousands separated; a mean that is only a rounding error is 0."""
    if 1e4 <= abs(value) < 1e15:
        return f"{value:,.0f}".replace("-", "−")
    return f"{0.0 if abs(value) < 1e-15 else value:.4g}".replace("-", "−")


def _fields(name: str) -> Iterator[Field]:
    for field, known in NAMED.records[name].fields.items():
        if field not in PREPARATION:
            yield Field(field, _written(known.default), known.kind.describe(), _(known.doc))


def _written(value: Any) -> str:
    return f"[{', '.join(map(_written, value))}]" if isinstance(value, list) else f"{value:g}"
