"""Build objects by name."""

from __future__ import annotations

from typing import Any

from bpsandbox.spec.layers import frozen

Config = dict[str, Any]


def make(table: dict[str, Any], block: Config) -> Any:
    """Call the class that a block's `type` names, with its other fields."""
    return table[block["type"]](**{name: frozen(value) for name, value in block.items() if name != "type"})


__all__ = ["Config", "frozen", "make"]
