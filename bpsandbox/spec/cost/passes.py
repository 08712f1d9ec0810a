"""Count the work of a pass through a network: run it on two and on four samples, and extrapolate linearly.

The calls of layers, losses and optimizers are recorded, so nothing here depends on which they are.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from bpsandbox import core
from bpsandbox.core.nn.layers import Layer
from bpsandbox.core.optim.optimizers.base import BLOCK
from bpsandbox.core.tape.workspace import Workspace
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.layers import in_order

from .tally import Tally, between, noting, seen, tally_of

FEW, MORE = 2, 4
"""Numbers of samples of the recorded passes."""
LARGE = 6_000_000
"""Limit on parameters or array elements beyond which no pass is run; no run of such a size is allowed."""
Counted = tuple[Tally, int]
Both = tuple[Tally, Tally, tuple[int, int]]
WIDTH = 16
"""Number of parameters on which the optimizer is recorded."""


@dataclass(frozen=True)
class Pass:
    """The work of a pass of all seeds, for any number of samples."""

    few: Tally
    more: Tally
    temporaries: tuple[int, int]
    """Bytes of the arrays that layers make on the way, for both numbers of samples."""
    seeds: float
    """Ratio of the number of seeds to the number recorded."""

    def temporary_bytes(self, n: float) -> float:
        few, more = self.temporaries
        return self.seeds * max(0.0, few + (more - few) * (n - FEW) / (MORE - FEW))

    def of(self, n: float) -> Tally:
        tally = between(self.few, self.more, (n - FEW) / (MORE - FEW))
        return Tally({name: count * (self.seeds if grows(name) else 1.0) for name, count in tally.items()})


def grows(name: str) -> bool:
    """Return whether a count grows with the number of seeds; all but calls do."""
    return name not in ("call", "eager", "record", "product")


@dataclass(frozen=True)
class Passes:
    """Forward and backward pass of a training step, and forward pass of an evaluation."""

    training: Pass
    measuring: Pass


def passes(config: dict[str, Any], facts: Facts, seeds: int) -> Passes:
    """Return the passes of a config for a number of seeds."""
    played = min(seeds, 2)
    words = json.dumps([config["model"]["layers"], config["loss"], config["dtype"]], sort_keys=True)
    training, measuring = _played(words, facts.shape, played)
    times = seeds / played
    return Passes(Pass(*training, times), Pass(*measuring, times))


@lru_cache(256)
def _played(words: str, shape: tuple[int, ...], seeds: int) -> tuple[Both, Both]:
    layers, loss, dtype = json.loads(words)
    network = core.Network(list(in_order(layers)), shape)
    with np.errstate(all="ignore"):
        few, more = (_play(network, loss, dtype, seeds, n) for n in (FEW, MORE))
    training, measuring = ((a[0], b[0], (a[1], b[1])) for a, b in zip(few, more, strict=True))
    return training, measuring


def _play(network: core.Network, block: dict[str, Any], dtype: str, seeds: int, n: int) -> tuple[Counted, Counted]:
    """Return tallies and bytes of temporaries of training on, and evaluating, n samples."""
    from bpsandbox.spec.build.training import make_loss  # it needs specs, which need prices

    out = network.shapes[-1]
    loss = make_loss(block, out[0])
    if numbers(network, n) > LARGE:
        guess = guessed(network, n, seeds, "32" if dtype == "float32" else "64")
        return (guess.times(3), 0), (guess, 0)
    remembered = sum(slot.stop - slot.start for slot in network.buffers)
    bound = network.bind(np.full((seeds, network.size + remembered), 0.01, dtype))
    x, y = np.zeros((seeds, n, *network.shapes[0]), dtype), np.full((seeds, n, *out), 0.5, dtype)
    space = Workspace(bound, loss, n)
    tape = space.tape(x, y)
    training = tally_of(tape.forward + tape.backward)
    training.add({"record": len(tape.forward) + len(tape.backward)})
    training.add({"draw": seeds * sum(n * math.prod(shape) for shape in drawn(network))})
    measuring = Workspace(bound, loss, n, backward=False)
    forward, _ = measuring.tape(x[:1], y[:1])
    return (training, space.temporaries.nbytes), (tally_of(forward), measuring.temporaries.nbytes)


def drawn(network: core.Network) -> Iterator[tuple[int, ...]]:
    """Return the shapes of the random numbers drawn for a sample."""
    return (shape for layer, shape in zip(network.layers, network.shapes[1:], strict=True) if layer.is_random)


def numbers(network: core.Network, n: int) -> int:
    """Return the number of parameters plus the elements of the arrays for n samples."""
    pairs = list(zip(network.layers, network.shapes, strict=False))
    return network.size + sum(kept(layer, n, shape) for layer, shape in pairs)


def kept(layer: Layer, n: int, shape: tuple[int, ...]) -> int:
    scratch = sum(math.prod(one) for one, _ in layer.scratch_shapes(n, shape))
    return scratch + n * math.prod(layer.output_shape(shape))


def guessed(network: core.Network, n: int, seeds: int, bits: str) -> Tally:
    """Return passes for a network that is too large to run."""
    sizes = list(zip(network.layers, network.shapes, network.shapes[1:], strict=False))
    products = sum(layer.multiply_adds(before) for layer, before, _ in sizes)
    width = sum(math.prod(after) for _, _, after in sizes)
    return Tally({"call": 4 * len(sizes), f"multiply_add{bits}": seeds * n * products, f"cheap{bits}": 4 * width * n})


# what is done to all parameters in a step


def update(config: dict[str, Any], seeds: int, parameters: int) -> Tally:
    """Return the work of one update, with penalties and clipping."""
    words = json.dumps([config["optimizer"], config["regularization"], config.get("gradient_clipping")], sort_keys=True)
    bits = config["dtype"]
    played = min(seeds, 2)
    tally = _updated(words, bits, played)
    factor = seeds * parameters / (played * WIDTH)
    blocks = max(1, math.ceil(seeds * parameters / BLOCK))
    return Tally({name: count * (factor if is_size(name) else blocks) for name, count in tally.items()})


def is_size(name: str) -> bool:
    return name.endswith(("64", "32"))


@lru_cache(256)
def _updated(words: str, dtype: str, seeds: int) -> Tally:
    from bpsandbox.spec.build.table import make
    from bpsandbox.spec.build.training import make_penalty

    optimizer, penalty, clipping = json.loads(words)
    w = np.full((seeds, WIDTH), 0.1, dtype)
    with np.errstate(all="ignore"), noting() as calls:
        if optimizer["type"] != "LBFGS":
            _step(make(core.OPTIMIZERS, optimizer), w)
        if made := make_penalty(penalty):
            made.bind(core.Network([core.Linear(WIDTH, bias=False)], (1,)).bind(seen(w)))
            made.add_gradient(2)
        if clipping:
            clip = core.Clipping(**clipping)
            clip.bind(seen(w))
            clip.apply(seen(w.copy()))
    return tally_of(calls, call="eager")


def _step(optimizer: Any, w: np.ndarray) -> None:
    """Run a second step, because the first may also allocate state."""
    optimizer = copy.copy(optimizer)
    optimizer.bind(w, w.copy())
    optimizer.step()
    for name, value in vars(optimizer).items():
        setattr(optimizer, name, seen(value))
    optimizer.step()
