"""Define a data set: examples with their targets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from bpsandbox.core.types import Array


@dataclass(frozen=True)
class Dataset:
    """n samples x, (n,) + shape, with targets y: class numbers (n,) or rows of numbers (n, k).

    `labels` are the names of the classes in the order of their numbers; an empty tuple means regression.
    """

    name: str
    x: Array
    y: Array
    labels: tuple[int | str, ...] = ()
    features: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.x)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self.x.shape[1:]

    @property
    def is_classified(self) -> bool:
        return bool(self.labels)

    @property
    def hash(self) -> str:
        """Return a hash of the content, 32 hex digits."""
        digest = hashlib.sha256()
        for array in (self.x, self.y):
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes())
        return digest.hexdigest()[:32]


def classified(name: str, x: Array, y: Array, labels: tuple[int | str, ...], **more: object) -> Dataset:
    return Dataset(name, np.asarray(x, dtype=float), np.asarray(y, dtype=np.int64), labels, **more)  # type: ignore[arg-type]


def measured(name: str, x: Array, y: Array) -> Dataset:
    """Return a regression set; y may be (n,) or (n, k)."""
    y = np.asarray(y, dtype=float)
    return Dataset(name, np.asarray(x, dtype=float), y.reshape(len(y), -1))
