"""Put the difference of canonical configs in words: "learning rate 0.1 → 0.5", "one layer more: Linear 64"."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bpsandbox.explain.in_words import network_words, rule_words, seeds_words, start_words, typed_words, value_words
from bpsandbox.messages import N_, _

from .layers import FIELDS, layer_changes, unsaid

Config = dict[str, Any]

BLOCKS = (
    "dataset", "loss", "regularization", "optimizer", "lr_scheduler", "gradient_clipping", "training", "stopping",
    "metrics", "dtype",
)  # fmt: skip
"""What decides the numbers of a run, besides the layers and the seeds. What is recorded or checked does not."""
NAMES = {
    "dataset": N_("data"),
    "dataset.points": N_("data"),
    "dataset.n_samples": N_("number of examples"),
    "dataset.noise": N_("noise"),
    "dataset.features": N_("inputs"),
    "dataset.standardize": N_("scaling"),
    "dataset.split.stratify": N_("stratified split"),
    "dataset.split.seed": N_("seed of the split"),
    "dataset.split.val": N_("validation part"),
    "dataset.split.test": N_("test part"),
    "loss": N_("loss"),
    "regularization": N_("penalty"),
    "optimizer": N_("optimiser"),
    "optimizer.lr": N_("learning rate"),
    "optimizer.momentum": N_("momentum"),
    "optimizer.weight_decay": N_("weight decay"),
    "lr_scheduler": N_("learning rate schedule"),
    "gradient_clipping": N_("gradient clipping"),
    "training.epochs": N_("epochs"),
    "training.steps": N_("steps"),
    "training.batch_size": N_("batch size"),
    "training.shuffle": N_("shuffling"),
    "training.eval_every": N_("epochs between points"),
    "stopping": N_("stopping rule"),
    "metrics": N_("metrics"),
    "dtype": N_("precision"),
}
TAGS = ("type", "name")
MOST_LETTERS, MOST_IN_FULL = 80, 240
NOTHING: tuple[Any, ...] = (None, [], {})


@dataclass(frozen=True)
class Difference:
    """A setting that differs: its name, and its value in each run, "–" where it does not exist."""

    name: str
    cells: tuple[str, ...]
    path: str = ""
    """Where it is in the config."""

    @property
    def is_equal(self) -> bool:
        return len(set(self.cells)) == 1


def changes(before: Config, after: Config) -> tuple[str, ...]:
    """Return one phrase for each change from one canonical config to another; none if they train the same."""
    layers = layer_changes(before["model"]["layers"], after["model"]["layers"])
    others = [row for row in _others([before, after]) if len(set(row.cells)) > 1]
    return (*layers, *(f"{row.name} {row.cells[0]} → {row.cells[1]}" for row in others))


def differences(configs: Sequence[Config]) -> tuple[Difference, ...]:
    """Return the settings in which canonical configs differ, each with its values in their order."""
    return tuple(row for row in _rows(configs) if not row.is_equal)


def every_setting(configs: Sequence[Config]) -> tuple[Difference, ...]:
    """Return all settings of canonical configs that one of them has, those that are equal too."""
    return tuple(row for row in _rows(configs, every=True) if set(row.cells) != {"–"})


def _rows(configs: Sequence[Config], *, every: bool = False) -> Iterator[Difference]:
    models = [config["model"]["layers"] for config in configs]
    yield Difference(_("network"), tuple(map(network_words, models)), "model")
    yield Difference(_("initialisation"), tuple(map(start_words, models)), "init")
    for place, name, values in unsaid(models):
        word = _("{change} (layer {number})", change=_(FIELDS[name]) if name in FIELDS else name, number=place)
        yield Difference(word, _cells(values), f"model.layers.{place}.{name}")
    yield from _others(configs, every=every)


def _others(configs: Sequence[Config], *, every: bool = False) -> Iterator[Difference]:
    """Yield everything but the layers."""
    for name in BLOCKS:
        yield from _block(name, [config.get(name) for config in configs], every)
    yield Difference(_("seeds"), tuple(seeds_words(config["seeds"]) for config in configs), "seeds")


def _block(path: str, values: list[Any], every: bool = False) -> Iterator[Difference]:
    """Go into blocks; the types of blocks are a row with the fields that only some of them have.

    Blocks that are equal are left out, unless `every` setting is wanted: then one with a type is one row.
    """
    if len({json.dumps(value, sort_keys=True) for value in values}) == 1:
        if not every:
            return
        if not isinstance(values[0], dict) or _tag(values[0]) != "–":
            yield _row(path, values)
            return
    if path != "dataset.points" and all(isinstance(value, dict) for value in values):
        shared = set.intersection(*(set(value) for value in values))
        if len({_tag(value) for value in values}) > 1:
            yield Difference(name_of(path), tuple(_typed(value, shared) for value in values), path)
        else:
            shared = {name for value in values for name in value}
        for name in sorted(shared - set(TAGS)):
            yield from _block(f"{path}.{name}", [value.get(name) for value in values], every)
        return
    yield _row(path, values)


def _row(path: str, values: list[Any]) -> Difference:
    if path == "dataset.points":
        return Difference(name_of(path), _own_points(values), path)
    if all(isinstance(value, dict) and _tag(value) != "–" for value in values):
        return Difference(name_of(path), tuple(_typed(value, set()) for value in values), path)
    return Difference(name_of(path), _cells(values), path)


def _own_points(values: list[Any]) -> tuple[str, ...]:
    """Number the different data that configs bring along."""
    numbers = _numbered([json.dumps(value) for value in values])
    return tuple(_("own points ({number})", number=number) for number in numbers)


def _cells(values: Sequence[Any]) -> tuple[str, ...]:
    """Return values in words. Where different ones have the same words, all are written in full, or else numbered."""
    texts = [json.dumps(None if value in NOTHING else value, sort_keys=True) for value in values]
    cells, different = tuple(map(_cell, values)), len(set(texts))
    if len(set(cells)) == different:
        return cells
    full = tuple(map(_in_full, values))
    if len(set(full)) == different and max(map(len, full)) <= MOST_IN_FULL:
        return full
    return tuple(f"{cell} ({number})" for cell, number in zip(cells, _numbered(texts), strict=True))


def _numbered(texts: Sequence[str]) -> list[int]:
    known = list(dict.fromkeys(texts))
    return [known.index(text) + 1 for text in texts]


def _in_full(value: Any) -> str:
    """Return a value with all digits, and rules with all their fields."""
    if isinstance(value, float):
        return repr(value)
    rules = value if isinstance(value, list) and value and isinstance(value[0], dict) else ()
    return _("; ").join(map(typed_words, rules)) if rules else "–" if value in NOTHING else value_words(value)


def _cell(value: Any) -> str:
    """Return a value in words, cut where it is long."""
    if value in NOTHING:
        return "–"
    rules = value if isinstance(value, list) and isinstance(value[0], dict) else ()
    words = _("; ").join(map(rule_words, rules)) if rules else value_words(value)
    return words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS - 1]}…"


def _tag(block: Config) -> str:
    if "points" in block:
        return _("own points")
    return next((block[tag] for tag in TAGS if isinstance(block.get(tag), str)), "–")


def _typed(block: Config, shared: set[str]) -> str:
    hidden = (*TAGS, "points", *shared)
    usual = {"factor": 1.0, "reduction": "mean"}
    kept = {name: value for name, value in block.items() if name not in hidden and usual.get(name) != value}
    return typed_words({"type": _tag(block)} | kept)


def name_of(path: str) -> str:
    """Return the name of a setting: a word, or the last part of its path in the config."""
    return _(NAMES[path]) if path in NAMES else path.rpartition(".")[2] if path.count(".") < 2 else path
