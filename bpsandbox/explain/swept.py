"""A config of a sweep with all values of what it varies in it, so that words and formulas do not tell one of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from bpsandbox.spec.language.sweep import path_of

Config = dict[str, Any]
MOST = 8
"""More values than this are told by the first and the last."""


class Swept(float):
    """The number that stands before the sweep, with those that are tried."""

    tried: tuple[float, ...] = ()


def varies(config: Config, block: str) -> bool:
    """Tell whether a sweep varies something in a block."""
    return any(name.partition(".")[0] == block for name in (config.get("sweep") or {}).get("parameters", {}))


def in_numbers(config: Config) -> Config:
    """Put all values where a number with a decimal point is varied."""
    return _replaced(config, _number)


def in_words(config: Config, say: Callable[[Any], str]) -> Config:
    """Put the values as one text, "2 / 4 / 8", where they are varied; whole lists of blocks stay."""
    return _replaced(config, lambda old, values: _text(old, [say(value) for value in few(values)]))


def few(values: Any) -> list[Any]:
    """Return all values, or the ends of many."""
    return list(values) if len(values) <= MOST else [values[0], "…", values[-1]]


def _number(old: Any, values: list[Any]) -> Any:
    if not isinstance(old, float) or not all(isinstance(value, int | float) for value in values):
        return old
    made = Swept(old)
    made.tried = tuple(map(float, values))
    return made


def _text(old: Any, said: list[str]) -> Any:
    text = " / ".join(said)
    if isinstance(old, dict):
        return {"type": text}
    if isinstance(old, list):
        return old if old and isinstance(old[0], dict) else [text]
    return text


def _replaced(config: Config, put: Callable[[Any, list[Any]], Any]) -> Config:
    made = copy.deepcopy(config)
    for name, values in (config.get("sweep") or {}).get("parameters", {}).items():
        way: tuple[Any, ...] = path_of(name) or ("",)
        last: Any = way[-1]
        block: Any = made
        for part in way[:-1]:
            block = block[part]
        old = block[last] if isinstance(block, list) else block.get(last)
        if old is None and any(isinstance(value, dict) for value in values):
            old = {}
        block[last] = put(old, values)
    return made
