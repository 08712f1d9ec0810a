"""Documents with one random change: what a broken or hostile child could send."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

HOSTILE = (
    None, True, False, 0, -1, 1, 2**53, 2**63, 10**400, -(10**400), 0.5, -0.0, 5e-324, 1e307, 1e308, float("inf"),
    float("-inf"), float("nan"), "", "x", "x" * 300, "x" * 30_000, "\0", "\ud800", "epochs", "wrong", [], [[]], [5],
    [None], ["x"], {}, {"": 1}, {"x": []}, {"\0": 0}, {"type": "x"}, [[[[[[[[[[[[[[1]]]]]]]]]]]]]],
)  # fmt: skip


def mutated(document: dict[str, Any], rng: random.Random) -> tuple[str, dict[str, Any]]:
    """Return a description and a copy of the document with one random change."""
    made = copy.deepcopy(document)
    holder, key, path = rng.choice(list(places(made)))
    name, change = rng.choice(list(CHANGES.items()))
    change(holder, key, rng)
    return f"{name} {path}", made


def places(value: Any, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Yield every place of a document; of a long list of numbers a few."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        if isinstance(value, list) and len(value) > 6 and 2 <= key < len(value) - 2:
            continue
        yield value, key, f"{path}/{key}"
        if isinstance(item, dict | list):
            yield from places(item, f"{path}/{key}")


def replace(holder: Any, key: Any, rng: random.Random) -> None:
    holder[key] = copy.deepcopy(rng.choice(HOSTILE))


def drop(holder: Any, key: Any, rng: random.Random) -> None:
    del holder[key]


def repeat(holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[f"{key}{rng.randrange(3)}"] = copy.deepcopy(holder[key])


def shuffle(holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder[key], list):
        rng.shuffle(holder[key])
    elif isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        holder[key] = holder[key] * rng.choice((-1, 2, 1000))


def empty(holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder[key], dict | list | str):
        holder[key] = type(holder[key])()


def wrap(holder: Any, key: Any, rng: random.Random) -> None:
    holder[key] = rng.choice(([holder[key]], {"x": holder[key]}))


CHANGES = {each.__name__: each for each in (replace, drop, repeat, shuffle, empty, wrap)}
