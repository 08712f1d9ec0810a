"""Breakdown of a step's time, against the machine's peak and call by call."""

from __future__ import annotations

from functools import partial

import numpy as np

from bpsandbox.core.tape.workspace import Tape, Workspace
from bpsandbox.core.train.session import Session

from .peers.matmuls import alone, products
from .timing import medians, ours, seconds_of
from .works import BARRED, Work

LARGE, ROUNDS = 2048, 5


def peak() -> str:
    """Return GFLOP/s in single precision: a large product, the products of a wide step alone, and the step itself."""
    a, b = (np.random.default_rng(0).random((LARGE, LARGE), dtype=np.float32) for _ in range(2))
    out = np.empty_like(a)
    large = seconds_of(partial(np.dot, a, b, out=out))
    work = _named("784-1024-1024-10, batch 128, float32")
    experiment = work.make()
    calls = products(experiment)
    taken = medians({"ours": ours(experiment), "alone": alone(experiment)}, ROUNDS)
    operations = sum(_operations(call) for call in calls)
    rows = (
        (f"a @ b on {LARGE}², float32", 2 * LARGE**3 / large),
        (f"the matmuls of {work.name} alone", operations / taken["alone"]),
        ("its whole step", operations / taken["ours"]),
    )
    lines = [f"{name:58}{rate / 1e9:>7.1f} GFLOP/s" for name, rate in rows]
    return "\n".join([*lines, f"a step takes {taken['ours'] / taken['alone']:.3f} × its own matmuls"])


def _operations(call: partial) -> int:
    a, b = call.args
    return 2 * a.shape[0] * a.shape[1] * b.shape[1]


def step() -> str:
    """Return the microseconds of every call of a 2-16-16-1 step, each timed separately."""
    session = Session(_named("2-16-16-1, batch 32").make())
    session.advance(1)
    stack = session.stack
    space, tape = stack.tapes[stack.batches.load(0)]
    calls = [partial(function, *arrays) for function, arrays in [*tape.forward, *tape.backward]]
    names = _names(space, tape, stack.batches.slots[0][0])
    with np.errstate(all="ignore"):  # repeated calls produce values that no training does
        rows = [(name, seconds_of(call)) for name, call in zip(names, calls, strict=True)]
    rows.append(("update, SGD", seconds_of(stack.optimizer.step)))
    rows.append(("the sum of these", sum(seconds for _, seconds in rows)))
    rows.append(("a whole step of training", ours(session.experiment)()))
    lines = [f"where a step of 2-16-16-1, batch 32, goes{'µs':>12}"]
    return "\n".join([*lines, *(f"  {name:44}{seconds * 1e6:>7.2f}" for name, seconds in rows)])


def _names(space: Workspace, tape: Tape, x: np.ndarray) -> list[str]:
    """Return a name for every call of a tape: layer or loss, direction, and NumPy function."""
    layers, inputs = list(enumerate(space.network.layers)), space.inputs(x)
    forward = [label for place, layer in layers for label in [layer.name] * len(space.forward_of(place, inputs))]
    backward = [
        label for place, layer in layers[::-1] for label in [layer.name] * len(space.backward_of(place, inputs))
    ]
    parts = [*forward, *["loss"] * (len(tape.forward) - len(forward) + len(tape.backward) - len(backward)), *backward]
    ways = ["forward"] * len(tape.forward) + ["backward"] * len(tape.backward)
    functions = [getattr(f, "__name__", None) or f.func.__name__ for f, _ in [*tape.forward, *tape.backward]]
    return [f"{way:9}{part:8}{function}" for part, way, function in zip(parts, ways, functions, strict=True)]


def _named(name: str) -> Work:
    return next(work for work in BARRED if work.name == name)
