"""The software and hardware that a result was computed with."""

from __future__ import annotations

import ctypes
import hashlib
import platform
from typing import Any

import numpy as np
from numpy._core import _multiarray_umath as numpy_in_c  # type: ignore[attr-defined]

ENGINE = "2"
"""Version of the engine, raised whenever the digits of any curve may change."""
DIGITS = 16


def provenance() -> dict[str, str]:
    """Return engine, NumPy, BLAS with its kernel, Python and processor, and a fingerprint of what rounding depends on.

    Two runs of one config with the same `fingerprint` give the same bits. Otherwise they agree up to rounding
    until training amplifies it.
    """
    return dict(_PROVENANCE)


def fingerprint(*parts: str) -> str:
    """Return a hash of what rounding depends on, 16 hex digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:DIGITS]


def _blas() -> str:
    try:
        built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    except (KeyError, TypeError):
        return "unknown"
    return f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()


def _kernel() -> str:
    """Return the kernel that OpenBLAS chose for this processor, and its threads; unknown for another BLAS."""
    library = ctypes.CDLL(numpy_in_c.__file__)
    name, threads = (_of_openblas(library, what) for what in ("get_corename", "get_num_threads"))
    if name is None or threads is None:
        return "unknown"
    name.restype = ctypes.c_char_p
    return f"{name().decode()}, threads: {threads()}"


def _of_openblas(library: ctypes.CDLL, what: str) -> Any:
    """Return a function of OpenBLAS, whose name differs between builds."""
    names = [f"{prefix}openblas_{what}{suffix}" for prefix in ("scipy_", "") for suffix in ("64_", "")]
    return next((getattr(library, name) for name in names if hasattr(library, name)), None)


def _vectors() -> str:
    """Return the vector instructions that NumPy uses: they change how its exp rounds."""
    return " ".join(sorted(name for name, found in numpy_in_c.__cpu_features__.items() if found))


def _look() -> dict[str, str]:
    seen = {
        "engine": ENGINE,
        "numpy": np.__version__,
        "blas": _blas(),
        "kernel": _kernel(),
        "machine": platform.machine(),
    }
    libc = " ".join(platform.libc_ver())
    return {
        **seen,
        "python": platform.python_version(),
        "fingerprint": fingerprint(*seen.values(), platform.system(), libc, _vectors()),
    }


_PROVENANCE = _look()  # read on import: a child in training can no longer open files
