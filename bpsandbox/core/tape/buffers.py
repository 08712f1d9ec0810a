"""Arrays that a method makes on its way: made once, and shared by all tapes of a workspace."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpsandbox.core.types import Array

Kind = tuple[tuple[int, ...], tuple[int, ...], Any]


class Buffers:
    """Hands out arrays while calls are recorded. A buffer whose stand-in is gone is handed out again."""

    def __init__(self) -> None:
        self.free: dict[Kind, list[Array]] = {}
        self.kept: list[Buffer] = []
        self.all: set[int] = set()

    def holding(self, made: Array) -> Buffer:
        """Return a buffer that holds what was just computed."""
        waiting = self.free.setdefault(_kind(made), [])
        if not waiting:
            self.all.add(id(made))
            return Buffer(made, self)
        np.copyto(waiting[-1], made)
        return Buffer(waiting.pop(), self)

    def keep(self, buffer: Buffer) -> None:
        """Keep a buffer for the rest of this tape: a later method of the layer reads it."""
        self.kept.append(buffer)

    def owns(self, array: Array) -> bool:
        """Is this a buffer, or a view of one?"""
        while isinstance(array.base, np.ndarray):
            array = array.base
        return id(array) in self.all

    def begin_tape(self) -> None:
        """Begin another tape. Only one is played at a time, from its forward to its backward, so all are free again."""
        self.kept.clear()


class Buffer:
    """A borrowed array. It goes back to the others when nothing refers to it any more."""

    __slots__ = ("array", "owner")

    def __init__(self, array: Array, owner: Buffers) -> None:
        self.array, self.owner = array, owner

    def __del__(self) -> None:
        self.owner.free[_kind(self.array)].append(self.array)


def _kind(array: Array) -> Kind:
    return array.shape, array.strides, array.dtype
