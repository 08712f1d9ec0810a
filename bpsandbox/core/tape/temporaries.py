"""Temporary arrays of recorded methods, allocated once and shared by all tapes of a workspace."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpsandbox.core.types import Array

Kind = tuple[tuple[int, ...], tuple[int, ...], Any]


class Temporaries:
    """A pool of arrays for recording. An array is reused once no proxy refers to it."""

    def __init__(self) -> None:
        self.free: dict[Kind, list[Array]] = {}
        self.kept: list[Temporary] = []
        self.all: set[int] = set()
        self.nbytes = 0

    def store(self, made: Array) -> Temporary:
        """Return a temporary with the values that were just computed."""
        waiting = self.free.setdefault(_kind(made), [])
        if not waiting:
            self.all.add(id(made))
            self.nbytes += made.nbytes
            return Temporary(made, self)
        np.copyto(waiting[-1], made)
        return Temporary(waiting.pop(), self)

    def keep(self, temporary: Temporary) -> None:
        """Keep an array for the rest of this tape, because a later method of the layer reads it."""
        self.kept.append(temporary)

    def owns(self, array: Array) -> bool:
        """Return whether this is a temporary, or a view of one."""
        while isinstance(array.base, np.ndarray):
            array = array.base
        return id(array) in self.all

    def begin_tape(self) -> None:
        """Release all arrays for another tape: only one is replayed at a time, from forward to backward."""
        self.kept.clear()


class Temporary:
    """A borrowed array, returned to the pool when nothing refers to this object any more."""

    __slots__ = ("array", "owner")

    def __init__(self, array: Array, owner: Temporaries) -> None:
        self.array, self.owner = array, owner

    def __del__(self) -> None:
        self.owner.free[_kind(self.array)].append(self.array)


def _kind(array: Array) -> Kind:
    return array.shape, array.strides, array.dtype
