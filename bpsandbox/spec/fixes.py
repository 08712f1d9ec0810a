"""Text edits that a problem offers: its `seen`, `suggestion` and `label`."""

from __future__ import annotations

import re

from .problems import Log, Path

WORD = re.compile(r"""["']?([\w.+-]+)""")
ROW = re.compile(r"\s*- +")

Fix = dict[str, str]
"""`seen`, `suggestion` and `label` of a problem; empty where no simple edit is known."""


def word(log: Log, path: Path, suggestion: str) -> Fix:
    """Replace the word at a path."""
    found = WORD.match(log.around(path)[1])
    return {"seen": found[1], "suggestion": suggestion} if found and path in log.places else {}


def field(log: Log, path: Path, name: str, value: str) -> Fix:
    """Insert a field at the start of the mapping at a path."""
    before, here = log.around(path)
    if here.startswith("{") and here[1:].strip():
        return {"seen": "{", "suggestion": f"{{{name}: {value}, ", "label": f"{name}: {value}"}
    first = re.match(r"(\w+):(?:\s|$)", here)
    if first is None or not (not before.strip() or ROW.fullmatch(before)):
        return {}
    suggestion = f"{name}: {value}\n{' ' * len(before)}{first[1]}"
    return {"seen": first[1], "suggestion": suggestion, "label": f"{name}: {value}"}


def within(log: Log, path: Path, inner: Path, suggestion: str, label: str) -> Fix:
    """Replace the word at an inner path, for a problem whose place is an outer path."""
    found = WORD.match(log.around(inner)[1])
    if found is None or inner not in log.places or path not in log.places:
        return {}
    (top, left), (bottom, right) = log.places[path], log.places[inner]
    lines = log.lines[top : bottom + 1]
    lines[-1] = lines[-1][: right + found.start(1)]
    before = "\n".join(lines)[left:]
    return {"seen": before + found[1], "suggestion": before + suggestion, "label": label}


def after_word(log: Log, path: Path, name: str, value: str) -> Fix:
    """Insert a field after the word at a path."""
    before, here = log.around(path)
    found = WORD.match(here)
    if found is None or path not in log.places:
        return {}
    column = len(before) - len(before.lstrip())
    is_row = re.fullmatch(r"\s*(?:- +)?\w+: +", before)
    between = f"\n{' ' * (column + (2 if before.lstrip().startswith('-') else 0))}" if is_row else ", "
    suggestion = f"{found[1]}{between}{name}: {value}"
    return {"seen": found[1], "suggestion": suggestion, "label": f"{name}: {value}"}


def layer_before(log: Log, path: Path, layer: str) -> Fix:
    """Insert a layer before the one at a path."""
    before, here = log.around(path)
    old = re.match(r"\w+|\{", here)
    if old is None:
        return {}
    between = f"\n{before}" if ROW.fullmatch(before) else ", "
    return {"seen": old[0], "suggestion": layer + between + old[0], "label": layer}


def layer_type(log: Log, path: Path, old: str, new: str) -> Fix:
    """Replace the type of the layer at a path."""
    found = re.match(r"(?:\{?type: )?" + old, log.around(path)[1])
    return {"seen": found[0], "suggestion": found[0].replace(old, new)} if found else {}
