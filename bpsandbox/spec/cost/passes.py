"""Count the work of a pass through a network: run it on two and on four samples, and extrapolate linearly.

Long sequences are cut short, and extrapolated likewise. Only a few of the networks of a sweep are run. The calls of
layers, losses and optimisers are recorded, so nothing here depends on which they are.
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
from bpsandbox.core.nn.layers.recurrent.recurrent import Recurrent
from bpsandbox.core.optim.optimizers.base import BLOCK
from bpsandbox.core.tape.workspace import Workspace
from bpsandbox.spec.facts import Facts
from bpsandbox.spec.layers import in_order

from .tally import Tally, between, noting, seen, tally_of

FEW, MORE = 2, 4
"""Numbers of samples of the recorded passes."""
LARGE = 1_000_000
"""Limit on parameters plus array elements beyond which no pass is run."""
LARGEST_WORK = 30_000_000
"""Limit on multiply-adds beyond which no pass is run."""
SHORT, LONGER = 2, 3
"""Lengths of the sequences on which recurrent layers are recorded: the work is linear in the length."""
MOST_STEPS = 64
"""Limit on steps in time of all recurrent layers beyond which no pass is run."""
CALLS = 4
"""NumPy calls of a layer in one direction, and of each step in time of a recurrent layer: a guess."""
NO_WORK = ("init", "bias_init", "lr")
"""Fields of a layer that change nothing in its passes."""
Counted = tuple[Tally, int]
Both = tuple[Tally, Tally, tuple[int, int]]
Like = tuple[str, tuple[int, ...]]
"""A network: its `words_of`, and the shape of a sample."""
WIDTH = 16
"""Number of parameters on which the optimiser is recorded."""


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


def passes(config: dict[str, Any], facts: Facts, seeds: int, like: Like | None = None) -> Passes:
    """Return the passes of a config for a number of seeds; given a similar one, that is run, and its passes scaled."""
    played, words = min(seeds, 2), words_of(config)
    if like is None:
        training, measuring = _played(words, facts.shape, played)
    else:
        training, measuring = _scaled(like, (words, facts.shape), played)
    times = seeds / played
    return Passes(Pass(*training, times), Pass(*measuring, times))


def words_of(config: dict[str, Any]) -> str:
    """Return what the passes of a config depend on, as JSON."""
    layers = [{name: layer[name] for name in layer if name not in NO_WORK} for layer in config["model"]["layers"]]
    return json.dumps([layers, config["loss"], config["dtype"]], sort_keys=True)


def network_of(words: str, shape: tuple[int, ...]) -> core.Network:
    return core.Network(list(in_order(json.loads(words)[0])), shape)


@lru_cache(256)
def _played(words: str, shape: tuple[int, ...], seeds: int) -> tuple[Both, Both]:
    with np.errstate(all="ignore"):
        few, more = (_of_any_length(words, shape, seeds, n) for n in (FEW, MORE))
    training, measuring = ((a[0], b[0], (a[1], b[1])) for a, b in zip(few, more, strict=True))
    return training, measuring


def _of_any_length(words: str, shape: tuple[int, ...], seeds: int, n: int) -> tuple[Counted, Counted]:
    """Run n samples, or samples cut to two lengths: all counts are linear in the length."""
    _, loss, dtype = json.loads(words)
    whole = network_of(words, shape)
    if not any(isinstance(layer, Recurrent) for layer in whole.layers) or shape[0] <= LONGER:
        return _play(whole, loss, dtype, seeds, n)
    try:
        cut = [network_of(words, (length, *shape[1:])) for length in (SHORT, LONGER)]
    except core.BackpropError:
        return _play(whole, loss, dtype, seeds, n)
    pairs = zip(*(_play(network, loss, dtype, seeds, n) for network in cut), strict=True)
    share = (shape[0] - SHORT) / (LONGER - SHORT)
    training, measuring = ((between(a, b, share), max(0, round(x + share * (y - x)))) for (a, x), (b, y) in pairs)
    return training, measuring


@lru_cache(256)
def _scaled(like: Like, wanted: Like, seeds: int) -> tuple[Both, Both]:
    """Scale the passes of one network to those of another, by its multiply-adds, its array elements and its steps."""
    pairs = zip(_sizes(*like), _sizes(*wanted), strict=True)
    work, size, calls = (other / one if one else 1.0 for one, other in pairs)

    def scaled(tally: Tally) -> Tally:
        factors = {name: work if name.startswith("multiply_add") else size if grows(name) else calls for name in tally}
        return Tally({name: count * factors[name] for name, count in tally.items()})

    def both(few: Tally, more: Tally, taken: tuple[int, int]) -> Both:
        return scaled(few), scaled(more), (round(taken[0] * size), round(taken[1] * size))

    training, measuring = _played(*like, seeds)
    return both(*training), both(*measuring)


@lru_cache(256)
def _sizes(words: str, shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return the multiply-adds, array elements and steps of a network."""
    network = network_of(words, shape)
    return _products(network), numbers(network, FEW), _steps(network)


def _products(network: core.Network) -> int:
    """Return the multiply-adds of a sample."""
    return sum(layer.multiply_adds(shape) for layer, shape in zip(network.layers, network.shapes, strict=False))


def _steps(network: core.Network) -> int:
    """Return the number of layers; a recurrent one counts once for each step in time."""
    pairs = zip(network.layers, network.shapes, strict=False)
    return sum(shape[0] if isinstance(layer, Recurrent) else 1 for layer, shape in pairs)


def is_large(network: core.Network, n: int) -> bool:
    """Return whether a pass takes too long to be run for a price."""
    return numbers(network, n) > LARGE or n * _products(network) > LARGEST_WORK or _steps(network) > MOST_STEPS


def _play(network: core.Network, block: dict[str, Any], dtype: str, seeds: int, n: int) -> tuple[Counted, Counted]:
    """Return tallies and bytes of temporaries of training on, and evaluating, n samples."""
    from bpsandbox.spec.build.training import make_loss  # it needs specs, which need prices

    out = network.shapes[-1]
    loss = make_loss(block, out[0])
    if is_large(network, n):
        guess = guessed(network, n, seeds, "32" if dtype == "float32" else "64")
        return (guess.times(3), 0), (guess, 0)
    buffers = sum(slot.stop - slot.start for slot in network.buffers)
    bound = network.bind(np.full((seeds, network.size + buffers), 0.01, dtype))
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
    width = sum(math.prod(after) for _, _, after in sizes)
    work = {f"multiply_add{bits}": seeds * n * _products(network), f"cheap{bits}": 4 * width * n}
    return Tally({"call": CALLS * _steps(network), **work})


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
