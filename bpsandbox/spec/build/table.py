"""Making objects by name."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]


def make(table: dict[str, Any], block: Config) -> Any:
    """Make what a block's `type` names, of its other fields."""
    return table[block["type"]](**{name: frozen(value) for name, value in block.items() if name != "type"})


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
