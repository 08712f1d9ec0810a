"""Parts of scripts in any library, in plain Python and NumPy."""

import base64
import io

import numpy as np


def unpack(text):
    """Read the arrays of an NPZ file in base64."""
    with np.load(io.BytesIO(base64.b64decode(text))) as arrays:
        return dict(arrays)


def stream(seed, place):
    """One of a seed's random streams: 3 shuffles, 4 drops out."""
    sequence = np.random.SeedSequence(seed, spawn_key=(place,))
    return np.random.Generator(np.random.PCG64(sequence))


def shuffled(seed, n, ahead, first):
    """Draw the order of the examples of each epoch, as the run did."""
    rng, whole = stream(seed, 3), np.tile(np.arange(n), (ahead, 1))
    orders = rng.permuted(whole, axis=1)
    if orders[0, : len(first)].tolist() != first:
        raise SystemExit("This NumPy shuffles in another order than the run's.")
    while True:
        yield from orders
        orders = rng.permuted(whole, axis=1)


class Patience:
    """Over after `patience` recorded points without a gain > min_delta."""

    def __init__(self, patience, min_delta=0.0, sign=1):
        self.patience, self.min_delta, self.sign = patience, min_delta, sign
        self.best, self.waited = float("inf"), 0

    def is_over(self, loss):
        if self.sign * loss < self.best - self.min_delta:
            self.best, self.waited = self.sign * loss, 0
            return False
        self.waited += 1
        return self.waited >= self.patience


class Plateau:
    """Multiply the rate by `factor` when a loss no longer improves."""

    def __init__(self, factor, patience, threshold, cooldown, sign=1):
        self.factor, self.patience, self.sign = factor, patience, sign
        self.threshold, self.cooldown = threshold, cooldown
        self.best, self.bad, self.resting, self.scale = None, 0, 0, 1.0

    def observe(self, loss):
        self.bad = 0 if self.improves(loss) else self.bad + 1
        if self.resting > 0:
            self.resting, self.bad = self.resting - 1, 0
        if self.bad > self.patience:
            self.scale *= self.factor
            self.resting, self.bad = self.cooldown, 0

    def improves(self, loss):
        if self.best is not None:
            needed = self.best * (1 - self.sign * self.threshold)
            if self.sign * loss >= self.sign * needed:
                return False
        self.best = loss
        return True
