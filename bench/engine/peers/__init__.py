"""Other libraries that can run the same workload, by name, with the required module and the setup of a round."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from bench.engine.timing import Round
from bpsandbox.core import Experiment

from . import jax, matmuls, one_seed, pytorch, scikit_learn, textbook

Maker = Callable[[Experiment], Round]

PEERS: dict[str, tuple[str, Maker]] = {
    "textbook class": ("numpy", textbook.trains),
    "PyTorch": ("torch", pytorch.trains),
    "scikit-learn": ("sklearn", scikit_learn.trains),
    "its own matmuls": ("numpy", matmuls.alone),
    "one seed": ("numpy", one_seed.trains),
    "JAX, compiled scan": ("jax", jax.trains),
}


def is_here(name: str) -> bool:
    return find_spec(PEERS[name][0]) is not None
