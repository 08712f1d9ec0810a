"""Random streams: every draw of a run comes from one of five named streams.

A stream is `SeedSequence(seed, spawn_key=(i,))`, i being its place in `STREAMS`. Streams of one seed are independent,
so a change of the batch order does not change the initial weights. Every stored curve depends on the order: never
change it, only append.
"""

from __future__ import annotations

import numpy as np

STREAMS = ("data", "split", "init", "shuffle", "dropout")


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the stream `name` of `seed` at its start."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(name),))))
