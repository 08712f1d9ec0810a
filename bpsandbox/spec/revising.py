"""Make a config another one where it is written, so that the rest stays as somebody wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from . import editing
from .problems import InvalidConfig, Path
from .shortest import shortest
from .spec import parse

GONE = object()
ATTEMPTS = 2  # what is written and was the default, as an initialisation, need not be it beside another value


def revised(text: str, wanted: Mapping[str, Any]) -> str:
    """Return the text with what differs from the config `wanted`; empty if that cannot be done value by value."""
    try:
        spec, after = parse(text), parse(json.dumps(wanted))
        for _attempt in range(ATTEMPTS):
            for path, value in _differences(shortest(spec), shortest(after)):
                text = editing.remove(text, path) if value is GONE else editing.put(text, path, _plain(value))
            spec = parse(text)
            if spec.hash == after.hash:
                return text
    except (editing.CannotEdit, InvalidConfig):
        return ""
    return ""


def _differences(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the paths of what is another value, or is GONE."""
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before.get("type") == after.get("type"):
        for name in dict.fromkeys([*before, *after]):
            yield from _differences(before.get(name, GONE), after.get(name, GONE), (*path, name))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple) and len(before) == len(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _differences(old, new, (*path, place))
    elif before != after:
        yield path, after


def _plain(value: Any) -> Any:
    """Write a block that only says its type by that word."""
    return value["type"] if isinstance(value, Mapping) and value.keys() == {"type"} else value
