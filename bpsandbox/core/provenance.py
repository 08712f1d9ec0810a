"""On what a result was computed."""

from __future__ import annotations

import platform
from functools import cache

import numpy as np

ENGINE = "1"
"""Version of the numbers: raised whenever any stored curve could come out differently."""


@cache
def provenance() -> dict[str, str]:
    """Engine, NumPy, its BLAS, Python and processor."""
    return {
        "engine": ENGINE,
        "numpy": np.__version__,
        "blas": _blas(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def _blas() -> str:
    try:
        built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    except (KeyError, TypeError):
        return "unknown"
    return f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()
