"""Batches of training examples, shuffled separately for every seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpsandbox.core.streams import stream
from bpsandbox.core.types import Array

BLOCK_BYTES, BLOCK_SLOTS = 1 << 22, 16
ROWS_AHEAD = 1024


class Batches:
    """The batches of an epoch, gathered in blocks into preallocated arrays.

    `slots` are those arrays, pairs (x, y) with a leading seed axis; `load(i)` fills the slot of batch i of the current
    epoch and returns its number. A shorter last batch has its own slot. Epochs with few batches of equal size
    are drawn and gathered several at a time: `ahead` of them.
    """

    def __init__(self, x: Array, y: Array, seeds: Sequence[int], batch_size: int, *, shuffle: bool) -> None:
        self.x, self.y, self.n = x, y, len(x)
        self.batch_size = min(batch_size, self.n)
        self.count = -(-self.n // self.batch_size)
        self.shuffle = shuffle and self.count > 1
        self.ahead = 1
        if self.shuffle and self.n % self.batch_size == 0:
            self.ahead = max(1, min(BLOCK_SLOTS // self.count, ROWS_AHEAD // self.n))
        self.streams = [stream(seed, "shuffle") for seed in seeds]
        self.sorted = np.tile(np.arange(self.n), (self.ahead, 1))
        self.orders = np.tile(self.sorted, (len(seeds), 1, 1))
        self.epoch = -1
        self._make_slots()

    def begin_epoch(self) -> None:
        """Begin the next epoch and shuffle anew for every seed."""
        self.epoch = (self.epoch + 1) % self.ahead
        if self.shuffle and self.epoch == 0:
            self.loaded = -1
            for order, rng in zip(self.orders, self.streams, strict=True):
                rng.permuted(self.sorted, axis=1, out=order)

    def narrow(self, keep: Array) -> None:
        """Continue with the seeds `keep` only, within the current epoch."""
        self.orders = self.orders[keep]
        self.streams = [self.streams[seed] for seed in keep]
        self._make_slots()

    def rows(self, i: int) -> Array:
        """Return the indices of the training examples in batch i of the current epoch, (seeds, rows of the batch)."""
        if self.count == 1:
            return np.broadcast_to(np.arange(self.n), (len(self.orders), self.n))
        first = i * self.batch_size
        return self.orders[:, self.epoch, first : first + self.batch_size].copy()

    def load(self, i: int) -> int:
        if self.count == 1:
            return 0
        if i == self.whole:
            self._gather(self.orders[:, 0, i * self.batch_size :], self.rest, self.slots[-1])
            return len(self.slots) - 1
        block, place = divmod(self.epoch * self.count + i, self.depth)
        if block != self.loaded:
            self._load_block(block)
        return place

    def _make_slots(self) -> None:
        self.loaded = -1
        self.whole = self.n // self.batch_size * self.ahead
        if self.count == 1:  # all seeds use the same examples: one row for all
            self.slots = [(self.x[np.newaxis], self.y[np.newaxis])]
            return
        row_bytes = self.x[0].nbytes + self.y[0].nbytes
        fitting = BLOCK_BYTES // (len(self.orders) * self.batch_size * row_bytes)
        self.depth = max(1, min(self.whole, BLOCK_SLOTS, fitting))
        self.block = self._empty(self.depth, self.batch_size)
        self.slots = list(zip(*self.block, strict=True))
        self.index = np.zeros((self.depth, len(self.orders), self.batch_size), self.orders.dtype)
        if self.n % self.batch_size:
            x, y = self._empty(1, self.n - self.whole * self.batch_size)
            self.slots.append((x[0], y[0]))
            self.rest = np.zeros(x.shape[1:3], self.orders.dtype)

    def _empty(self, depth: int, rows: int) -> tuple[Array, Array]:
        lead = (depth, len(self.orders), rows)
        return np.zeros((*lead, *self.x.shape[1:]), self.x.dtype), np.zeros((*lead, *self.y.shape[1:]), self.y.dtype)

    def _load_block(self, block: int) -> None:
        first = block * self.depth
        depth = min(self.depth, self.whole - first)
        orders = self.orders.reshape(len(self.orders), -1)
        rows = orders[:, first * self.batch_size : (first + depth) * self.batch_size]
        places = rows.reshape(len(rows), depth, self.batch_size).swapaxes(0, 1)
        self._gather(places, self.index[:depth], (self.block[0][:depth], self.block[1][:depth]))
        self.loaded = block

    def _gather(self, places: Array, index: Array, slot: tuple[Array, Array]) -> None:
        np.copyto(index, places)  # np.take would copy indices that are not contiguous
        np.take(self.x, index, axis=0, out=slot[0], mode="clip")
        np.take(self.y, index, axis=0, out=slot[1], mode="clip")
