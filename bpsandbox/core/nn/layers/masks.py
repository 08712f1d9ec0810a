"""Random streams for the masks of a layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpsandbox.core.types import Array


class Masks:
    """Draws from one stream per seed. The draw of the last forward can be repeated."""

    def __init__(self, streams: Sequence[np.random.Generator]) -> None:
        self.streams, self.drawn = streams, 0

    def draw(self, u: Array) -> None:
        """Fill u, (seeds, numbers) or (numbers,) for one seed, with float64 uniform on [0, 1)."""
        self.drawn = u.shape[-1]
        for rng, row in zip(self.streams, u.reshape(-1, self.drawn), strict=True):
            rng.random(out=row)

    def rewind(self) -> None:
        """Rewind the last draw, so that the next one returns the same numbers."""
        for rng in self.streams:
            rng.bit_generator.advance(-self.drawn)  # type: ignore[attr-defined]  # PCG64 takes one step a double
        self.drawn = 0
