"""What to write instead of what, so that one click changes a config: `seen` and `suggestion` of a problem."""

from __future__ import annotations

import re

from .problems import Log, Path

WORD = re.compile(r"""["']?([\w.+-]+)""")
ROW = re.compile(r"\s*- +")

Fix = dict[str, str]
"""`seen` and `suggestion`; empty where the text has no simple change."""


def word(log: Log, path: Path, suggestion: str) -> Fix:
    """Write another word for the one at a path."""
    found = WORD.match(log.around(path)[1])
    return {"seen": found[1], "suggestion": suggestion} if found and path in log.places else {}


def field(log: Log, path: Path, name: str, value: str) -> Fix:
    """Write one more field into the mapping at a path, before its first one."""
    before, here = log.around(path)
    if here.startswith("{") and here[1:].strip():
        return {"seen": "{", "suggestion": f"{{{name}: {value}, "}
    first = re.match(r"(\w+):(?:\s|$)", here)
    if first is None or not (not before.strip() or ROW.fullmatch(before)):
        return {}
    return {"seen": first[1], "suggestion": f"{name}: {value}\n{' ' * len(before)}{first[1]}"}


def layer_before(log: Log, path: Path, layer: str) -> Fix:
    """Write a layer before the one at a path."""
    before, here = log.around(path)
    old = re.match(r"\w+|\{", here)
    if old is None:
        return {}
    between = f"\n{before}" if ROW.fullmatch(before) else ", "
    return {"seen": old[0], "suggestion": layer + between + old[0]}


def layer_type(log: Log, path: Path, old: str, new: str) -> Fix:
    """Write another type for the layer at a path."""
    found = re.match(r"(?:\{?type: )?" + old, log.around(path)[1])
    return {"seen": found[0], "suggestion": found[0].replace(old, new)} if found else {}
