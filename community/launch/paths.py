"""Paths."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    """Return the folder that contains all state."""
    return Path(os.environ.get("CHAINRULE_VAR") or ROOT / "var").expanduser().absolute()
