"""Insert all values of a sweep into its config, so that words and formulas do not show only one of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from bpsandbox.spec.language.sweep import path_of

Config = dict[str, Any]
MOST = 8
"""If there are more values, only the first and the last are shown."""


class Swept(float):
    """The number in the config before the sweep, with the values that are tried."""

    tried: tuple[float, ...] = ()


def varies(config: Config, block: str) -> bool:
    """Return whether a sweep varies something in a block."""
    return any(name.partition(".")[0] == block for name in (config.get("sweep") or {}).get("parameters", {}))


def in_numbers(config: Config) -> Config:
    """Insert all values where a float is varied."""
    return _replaced(config, _number)


def in_words(config: Config, say: Callable[[Any], str]) -> Config:
    """Insert the values as one text, "2 / 4 / 8", where they are varied; lists of blocks are not replaced."""
    return _replaced(config, lambda old, values: _text(old, [say(value) for value in few(values)]))


def few(values: Any) -> list[Any]:
    """Return all values, or only the first and the last if there are more than MOST."""
    return list(values) if len(values) <= MOST else [values[0], "…", values[-1]]


def _number(old: Any, values: list[Any]) -> Any:
    if not isinstance(old, float) or not all(isinstance(value, int | float) for value in values):
        return old
    made = Swept(old)
    made.tried = tuple(map(float, values))
    return made


def _text(old: Any, texts: list[str]) -> Any:
    text = " / ".join(texts)
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
