"""Random streams: every draw of a run comes from one of five named streams.

A stream is `SeedSequence(seed, spawn_key=(i,))`, i being its place in `STREAMS`. Streams of one seed are independent,
so that a change of the batch order never moves the initial weights. The order is part of every stored curve: never
change it, only append.
"""

from __future__ import annotations

import numpy as np

STREAMS = ("data", "split", "init", "shuffle", "dropout")


def stream(seed: int, name: str) -> np.random.Generator:
    """Open the stream `name` of `seed` at its beginning."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(name),))))
