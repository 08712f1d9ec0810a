"""Align the layers of two networks, and say what was added, taken away or changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from bpsandbox.explain.in_words import layer_words, start_words, typed_words, value_words
from bpsandbox.messages import N_, _

Config = dict[str, Any]

FIELDS = {
    "out_features": N_("units"),
    "hidden_size": N_("units"),
    "out_channels": N_("channels"),
    "kernel_size": N_("kernel size"),
    "activation": N_("activation"),
    "init": N_("initial weights"),
    "bias_init": N_("initial biases"),
    "bias": N_("bias"),
    "p": N_("dropout"),
    "lr": N_("learning rate"),
}
ADDED, REMOVED, KEPT = range(3)


def layer_changes(before: list[Config], after: list[Config]) -> tuple[str, ...]:
    """Return one phrase for the added layers, one for the removed, and one for each field that changed."""
    steps = list(_aligned(before, after))
    added = [after[j] for kind, _i, j in steps if kind == ADDED]
    removed = [before[i] for kind, i, _j in steps if kind == REMOVED]
    kept = [(j, before[i], after[j]) for kind, i, j in steps if kind == KEPT]
    return (*_counted(added, removed), *_changed(kept, is_whole=len(kept) == len(after)))


def unsaid(models: Sequence[list[Config]]) -> Iterator[tuple[int, str, list[Any]]]:
    """Yield place, field and values of what is different in layers of one type, although their words are the same."""
    for place in range(max(map(len, models))):
        layers: list[Config] = [model[place] if place < len(model) else {} for model in models]
        for name in dict.fromkeys(name for layer in layers for name in layer):
            if any(_is_unsaid(name, one, other) for one, other in combinations(layers, 2)):
                yield place, name, [layer.get(name) for layer in layers]


def _is_unsaid(name: str, one: Config, other: Config) -> bool:
    if not one or one["type"] != other.get("type") or one.get(name) == other.get(name):
        return False
    return _said(one) == _said({**one, name: other.get(name)})


def _said(layer: Config) -> tuple[str, str]:
    return layer_words(layer), start_words([layer])


def _counted(added: list[Config], removed: list[Config]) -> Iterator[str]:
    if added:
        few, many = _("one layer more: {layers}"), _("{count} layers more: {layers}")
        yield (few if len(added) == 1 else many).format(count=len(added), layers=_named(added))
    if removed:
        few, many = _("one layer less: {layers}"), _("{count} layers less: {layers}")
        yield (few if len(removed) == 1 else many).format(count=len(removed), layers=_named(removed))


def _named(layers: list[Config]) -> str:
    words = ((layer_words(layer), layer["type"]) for layer in layers)
    return _(", ").join(text if text.startswith(kind) else f"{kind} {text}" for text, kind in words)


def _changed(kept: list[tuple[int, Config, Config]], *, is_whole: bool) -> Iterator[str]:
    """Yield each change of a field once, with the layers in which it changed unless it is all of them."""
    places: dict[tuple[str, str, str], list[int]] = {}
    for place, old, new in kept:
        for name in (*old, *(name for name in new if name not in old)):
            if old.get(name) != new.get(name):
                change = (name, _value(old.get(name)), _value(new.get(name)))
                places.setdefault(change, []).append(place)
    for (name, old_words, new_words), numbers in places.items():
        word = _(FIELDS[name]) if name in FIELDS else name
        phrase = f"{word} {old_words} → {new_words}"
        if is_whole and len(numbers) == len(kept):
            yield phrase
        elif len(numbers) == 1:
            yield _("{change} (layer {number})", change=phrase, number=numbers[0])
        else:
            yield _("{change} (layers {numbers})", change=phrase, numbers=_(", ").join(map(str, numbers)))


def _value(value: Any) -> str:
    if isinstance(value, dict) and "type" in value:
        return typed_words(value, hidden=("values",))
    return "–" if value is None else value_words(value)


def _aligned(before: list[Config], after: list[Config]) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, place before, place after) of the cheapest way from one list to the other.

    Only layers of one type become each other. The table has a row for each suffix of `before`.
    """
    rows, columns = len(before), len(after)
    cost = [[0.0] * (columns + 1) for _row in range(rows + 1)]
    for i in range(rows, -1, -1):
        for j in range(columns, -1, -1):
            if i < rows or j < columns:
                cost[i][j] = min(price for price, _kind in _ways(before, after, cost, i, j))
    i = j = 0
    while i < rows or j < columns:
        kind = min(_ways(before, after, cost, i, j))[1]
        yield kind, i, j
        i, j = i + (kind != ADDED), j + (kind != REMOVED)


def _ways(
    before: list[Config], after: list[Config], cost: list[list[float]], i: int, j: int
) -> Iterator[tuple[float, int]]:
    if j < len(after):
        yield 1 + cost[i][j + 1], ADDED
    if i < len(before):
        yield 1 + cost[i + 1][j], REMOVED
    if i < len(before) and j < len(after) and before[i]["type"] == after[j]["type"]:
        yield _unlike(before[i], after[j]) + cost[i + 1][j + 1], KEPT


def _unlike(old: Config, new: Config) -> float:
    """Return 0 for equal layers, and less than an addition and a removal for any others."""
    return sum(old.get(name) != new.get(name) for name in old.keys() | new.keys()) / (len(old) + len(new))
