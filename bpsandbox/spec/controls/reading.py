"""Read the controls of a config from its text; what is wrong in the text is left out of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bpsandbox.core.data.datasets import FEATURES
from bpsandbox.spec import canonical, kinds
from bpsandbox.spec.checking import read_once, reading_of
from bpsandbox.spec.draft import EPOCHS, Draft
from bpsandbox.spec.editing import CannotEdit
from bpsandbox.spec.editing.tree import Tree, find, tree_of
from bpsandbox.spec.kinds import WRONG
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS
from bpsandbox.spec.language.dataset import NAMED, PREPARATION
from bpsandbox.spec.language.layer import RECORDS as LAYERS
from bpsandbox.spec.language.loss import LOSS
from bpsandbox.spec.language.optimizer import OPTIMIZER
from bpsandbox.spec.problems import Path

from .offering import Offers

IN_PLACE = {"n_samples": (10, 1000), "noise": (0.0, 1.0), "arms": (2, 5), "classes": (2, 10), "cycles": (0.5, 5.0),
            "length": (2, 50), "delay": (1, 10)}  # fmt: skip
"""Fields of a data set that have a slider, with its ends; numbers beyond them can be typed."""
FEWEST_TO_SPLIT = 20
"""Fewer samples are not divided into parts."""
PENALTIES = ("0", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3")
BATCHES = ("full", "1", "8", "16", "32", "64", "128")
SETTINGS = {
    "Conv2d": ("kernel_size", "stride", "padding"), "MaxPool2d": ("stride",), "AvgPool2d": ("stride",),
    "Reshape": ("shape",), "RNN": ("nonlinearity", "return"), "LSTM": ("return",), "GRU": ("return",),
    "Embedding": ("num_embeddings",), "Add": ("from",),
}  # fmt: skip
"""Settings of a layer that have a control, besides its size and its activation."""
WORDS_OF = {"padding": ("0", "1", "2", "same"), "nonlinearity": ("tanh", "relu"), "return": ("last", "all")}
"""Settings that are one of several words."""
SIZES = ("out_features", "out_channels", "hidden_size", "embedding_dim", "p", "kernel_size")


@dataclass(frozen=True)
class Number:
    """A number with the ends of its slider. `at`: where it is written, as offsets; None if it is a default.

    `told` is what is wrong with it, empty if nothing is; `wrong` is then how it is written, if it is no such number.
    """

    name: str
    value: float
    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False
    at: tuple[int, int] | None = None
    told: str = ""
    wrong: str = ""

    @property
    def text(self) -> str:
        return self.wrong or written(self.value)

    @property
    def step(self) -> str:
        return "1" if self.is_whole else "any"

    @property
    def nudge(self) -> str:
        """What the buttons beside it add and take away."""
        return "1" if self.is_whole else "0.1"


@dataclass(frozen=True)
class Choice:
    """One of several words."""

    name: str
    value: str
    options: tuple[str, ...]
    at: tuple[int, int] | None = None


@dataclass(frozen=True)
class LayerControl:
    """A layer: its number from 0, its type, its size and its activation, where it has them.

    `kind` are the types that it can have, `adds` those that can be added before it; `measure` is the field that its
    size is written in, and `settings` has its other fields with a control.
    """

    index: int
    type: str
    kind: Choice | None = None
    adds: tuple[str, ...] = ()
    size: Number | None = None
    measure: str = ""
    settings: tuple[Number | Choice, ...] = ()
    activation: Choice | None = None
    is_output: bool = False
    is_first: bool = False
    can_go_right: bool = False
    shape: tuple[int, ...] | None = None
    """The shape of its outputs, if it is known."""


@dataclass(frozen=True)
class Controls:
    """All controls of a config. `data_shape` is that of a raw sample; None where the data are too wrong to know."""

    dataset: str
    data_shape: tuple[int, ...] | None
    data: tuple[Number, ...]
    features: tuple[tuple[str, bool], ...]
    inputs: int | None
    layers: tuple[LayerControl, ...]
    loss: Choice
    optimizer: Choice
    rate: Number
    batch: Choice
    penalties: tuple[Choice, ...]
    """L1, L2 (by the name that the text has) and, of an optimiser that has it, weight decay."""
    epochs: Number
    seeds: Number
    sweep: Choice
    finds_rate: bool
    """Whether the learning rate finder is recorded."""

    @property
    def last(self) -> int:
        """The index of the output layer, before which a new layer is inserted."""
        return len(self.layers) - 1

    @property
    def numbers(self) -> tuple[Number, ...]:
        sizes = (each for layer in self.layers for each in (layer.size, *layer.settings) if isinstance(each, Number))
        return (*self.data, *sizes, self.rate, self.epochs, self.seeds)

    @property
    def choices(self) -> tuple[Choice, ...]:
        of_layers = (
            each
            for layer in self.layers
            for each in (layer.kind, layer.activation, *layer.settings)
            if isinstance(each, Choice)
        )
        return (*of_layers, self.loss, self.optimizer, self.batch, *self.penalties, self.sweep)

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """Return where the values of controls are written in the text, by the controls' names."""
        found: list[Number | Choice] = [*self.numbers, *self.choices]
        return {each.name: each.at for each in found if each.at}


def controls_of(text: str) -> Controls | None:
    """Return the controls of a config; None if it cannot be read, or has no layers."""
    with read_once():
        draft = reading_of(text).draft
        if draft is None or not draft.layers:
            return None
        places = tree_of(text)
    return _Reader(draft, places, len(places.text) == len(text)).controls()


def draft_of(text: str) -> Draft:
    """Return a config as it is read, wrong values and all. Raises CannotEdit."""
    draft = reading_of(text).draft
    if draft is None:
        raise CannotEdit
    return draft


def seeds_of(draft: Draft) -> list[int]:
    """Return the seeds of a config, written or by default. A wrong one, whose size is not known, counts as small."""
    seeds, one = draft.get("seeds"), draft.get("seed")
    if seeds or one is not None:
        return seeds or [one]
    return list(range(canonical.TOY_SEEDS)) if draft.log.problems else canonical.complete(draft)["seeds"]


def written(value: float) -> str:
    """Write a number as in a config: 12, 0.03, 1e-05."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def by_times(shape: Sequence[int]) -> str:
    """Write a shape as a control shows it: 1×8×8."""
    return "×".join(map(str, shape))


class _Reader:
    def __init__(self, draft: Draft, tree: Tree, has_places: bool) -> None:
        self.draft, self.tree, self.has_places = draft, tree, has_places
        self.offers = Offers(draft)

    def controls(self) -> Controls:
        draft, facts = self.draft, self.draft.facts
        epochs = "steps" if draft.get("training", "steps") else "epochs"
        training = ("training", epochs)
        longest = draft.get(*training) or EPOCHS
        return Controls(
            dataset=draft.get("dataset", "name") or ("points" if draft.get("dataset", "points") else ""),
            data_shape=facts.raw_shape if facts else None,
            data=self._data(),
            features=self._features(),
            inputs=facts.size if facts else None,
            layers=tuple(self._layer(i, layer) for i, layer in enumerate(draft.layers)),
            loss=self._choice("loss.type", ("loss", "type"), "", tuple(LOSS.records)),
            optimizer=self._choice("optimizer.type", ("optimizer", "type"), "SGD", tuple(OPTIMIZER.records)),
            rate=self._number("optimizer.lr", ("optimizer", "lr"), 0.01, 1e-4, 10.0, is_log=True),
            batch=self._batch(),
            penalties=tuple(self._penalties()),
            epochs=self._number(f"training.{epochs}", training, longest, 1, 10_000, is_log=True, is_whole=True),
            seeds=self._seeds(),
            sweep=self._sweep(),
            finds_rate=bool(draft.get("record", "lr_range")),
        )

    def _at(self, path: Path) -> tuple[int, int] | None:
        node = find(self.tree, path) if self.has_places else None
        if node is None or not hasattr(node, "style") or node.style:
            return None
        start, end = self.tree.start(node), self.tree.end(node)
        return (start, end) if start < end else None

    def _number(
        self, name: str, path: Path, default: float, low: float, high: float, *, is_log: bool = False,
        is_whole: bool = False,
    ) -> Number:  # fmt: skip
        value, at = self.draft.get(*path), self._at(path)
        is_known = isinstance(value, int | float) and not isinstance(value, bool)
        wrong = self.tree.text[slice(*at)] if at and value is None else ""
        shown = value if is_known else default
        return Number(name, shown, low, high, is_log, is_whole, at, self.draft.log.about(path), wrong)

    def _choice(self, name: str, path: Path, default: str, options: tuple[str, ...]) -> Choice:
        value = self.draft.get(*path)
        return Choice(name, value if isinstance(value, str) else default, options, self._at(path))

    def _penalties(self) -> Iterator[Choice]:
        yield self._penalty("regularization", "l1", 0.0)
        yield self._penalty("regularization", "alpha" if self._at(("regularization", "alpha")) else "l2", 0.0)
        kind = self.draft.get("optimizer", "type")
        known = OPTIMIZER.records.get(kind if isinstance(kind, str) else "SGD")
        if known and "weight_decay" in known.fields:
            yield self._penalty("optimizer", "weight_decay", known.fields["weight_decay"].default)

    def _penalty(self, block: str, field: str, default: float) -> Choice:
        at, value = self._at((block, field)), self.draft.get(block, field)
        is_known = isinstance(value, int | float) and not isinstance(value, bool)
        shown = self.tree.text[slice(*at)] if at else written(value if is_known else default)
        options = PENALTIES if shown in PENALTIES else (*PENALTIES, shown)
        return Choice(f"{block}.{field}", shown, options, at)

    def _data(self) -> tuple[Number, ...]:
        name = self.draft.get("dataset", "name")
        fields = NAMED.records[name].fields if name in NAMED.records else {}
        made = tuple(
            self._number(f"dataset.{field}", ("dataset", field), known.default, *IN_PLACE[field],
                         is_whole=isinstance(known.kind, kinds.Integer))
            for field, known in fields.items() if field in IN_PLACE and field not in PREPARATION
        )  # fmt: skip
        return (*made, *self._parts()) if fields else ()

    def _parts(self) -> tuple[Number, ...]:
        """Return the share of the test part, of data with samples enough."""
        facts, path = self.draft.facts, ("dataset", "split", "test")
        if self._at(path) is None and (facts is None or facts.n < FEWEST_TO_SPLIT):
            return ()
        return (self._number("dataset.split.test", path, 0.0, 0.0, 0.5),)

    def _features(self) -> tuple[tuple[str, bool], ...]:
        if not self.draft.facts or self.draft.facts.raw_shape != (2,):
            return ()
        chosen = self.draft.get("dataset", "features") or ["x", "y"]
        return tuple((name, name in chosen) for name in FEATURES)

    def _layer(self, i: int, layer: dict[str, Any] | None) -> LayerControl:
        is_output, adds = i == len(self.draft.layers) - 1, self.offers.added(i)
        if layer is None:
            return LayerControl(i, "?", adds=adds, is_output=is_output, is_first=i == 0)
        shapes = self.draft.shapes
        path: Path = ("model", "layers", i)
        size = next((field for field in SIZES if isinstance(layer.get(field), int | float)), "")
        number = None
        if size:
            low, high, is_whole = (0.0, 0.9, False) if size == "p" else (1, 64, True)
            number = self._number(f"layers.{i}.size", (*path, size), 1, low, high, is_whole=is_whole)
        return LayerControl(
            i,
            layer["type"],
            kind=Choice(f"layers.{i}.type", layer["type"], self.offers.instead(i)),
            adds=adds,
            size=number,
            measure=size,
            settings=tuple(self._settings(i, layer)),
            activation=self._activation(i, layer),
            is_output=is_output,
            is_first=i == 0,
            can_go_right=i < len(self.draft.layers) - 2,
            shape=shapes[i + 1] if i + 1 < len(shapes) else None,
        )

    def _settings(self, i: int, layer: dict[str, Any]) -> Iterator[Number | Choice]:
        for field in SETTINGS.get(layer["type"], ()):
            name, path, value = f"layers.{i}.{field}", ("model", "layers", i, field), layer.get(field)
            if field in ("shape", "from"):
                yield self._of_shapes(i, name, value)
            elif field in WORDS_OF and isinstance(value, int | str):
                fitting, shown = self.offers.settings(i, field, WORDS_OF[field]), str(value)
                words = fitting if shown in fitting else (shown, *fitting)
                yield Choice(name, shown, words, self._at(path))
            elif isinstance(value := layer["kernel_size"] if value is None else value, int):
                yield self._number(name, path, value, 1, 64, is_whole=True)

    def _of_shapes(self, i: int, name: str, value: Any) -> Choice:
        """Return a shape, or a layer whose output is added, among those that fit there."""
        is_shape = name.endswith("shape")
        found = [by_times(each) for each in self.offers.reshapes(i)] if is_shape else self.offers.sources(i)
        shown = by_times(value) if is_shape and isinstance(value, list) else str(value)
        return Choice(name, shown, tuple(dict.fromkeys([*map(str, found), shown])))

    def _activation(self, i: int, layer: dict[str, Any]) -> Choice | None:
        if layer["type"] in ACTIVATIONS or "activation" not in LAYERS[layer["type"]].fields:
            return None
        block = layer.get("activation")
        value = block["type"] if isinstance(block, dict) else "identity"
        at = self._at(("model", "layers", i, "activation"))
        return Choice(f"layers.{i}.activation", value, tuple(ACTIVATIONS), at)

    def _batch(self) -> Choice:
        path = ("training", "batch_size")
        value = self.draft.get(*path)
        whole = self.draft.batch_size() == self.draft.train_size()
        shown = str(value) if value is not None else "full" if whole else str(self.draft.batch_size() or "full")
        options = BATCHES if shown in BATCHES else (*BATCHES, shown)
        return Choice("training.batch_size", shown, options, self._at(path))

    def _seeds(self) -> Number:
        path = ("seeds", "count")
        told = self.draft.log.about(path) or self.draft.log.about(("seeds",))
        return Number("seeds.count", len(seeds_of(self.draft)), 1, 16, is_whole=True, at=self._at(path), told=told)

    def _sweep(self) -> Choice:
        sweep = self.draft.values.get("sweep")
        paths = tuple(sweep["parameters"]) if sweep and sweep is not WRONG and sweep["parameters"] is not WRONG else ()
        known = {"optimizer.lr": "rate", "training.batch_size": "batch", "optimizer": "optimizer"}
        value = "" if not sweep else known.get(paths[0], "own") if len(paths) == 1 else "own"
        if len(paths) == 1 and paths[0].endswith("out_features"):
            value = "size"
        options = ("", "rate", "size", "batch", "optimizer")
        return Choice("sweep", value, options if value in options else (*options, value))
