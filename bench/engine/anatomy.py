"""Where the time of a step goes: beside the machine's peak, and call by call."""

from __future__ import annotations

from functools import partial

import numpy as np

from bpsandbox.core.session import Session

from .peers.matmuls import products
from .timing import ours, seconds_of
from .works import BARRED, Work

LARGE = 2048


def peak() -> str:
    """Single precision: a large product, the products of a wide step alone, and the step itself, in GFLOP/s."""
    a, b = (np.random.default_rng(0).random((LARGE, LARGE), dtype=np.float32) for _ in range(2))
    out = np.empty_like(a)
    large = seconds_of(partial(np.dot, a, b, out=out))
    work = _named("784-1024-1024-10, batch 128, float32")
    experiment = work.make()
    calls = products(experiment)
    alone, step = seconds_of(lambda: [call() for call in calls]), min(ours(experiment)() for _ in range(3))
    operations = sum(_operations(call) for call in calls)
    return "\n".join(
        [
            f"a @ b on {LARGE}², float32{2 * LARGE**3 / large / 1e9:>34.1f} GFLOP/s",
            f"the matmuls of {work.name} alone{operations / alone / 1e9:>12.1f}",
            f"its whole step{operations / step / 1e9:>48.1f}   ({step / alone:.3f} × its matmuls)",
        ]
    )


def _operations(call: partial) -> int:
    a, b = call.args
    return 2 * a.shape[0] * a.shape[1] * b.shape[1]


def step() -> str:
    """Microseconds of every call of a 2-16-16-1 step, each timed by itself."""
    session = Session(_named("2-16-16-1, batch 32").make())
    session.advance(1)
    stack = session.stack
    _, tape = stack.tapes[stack.batches.load(0)]
    calls = [partial(function, *arrays) for function, arrays in [*tape.forward, *tape.backward]]
    rows = [(_name(call.func), seconds_of(call)) for call in calls]
    rows.append(("update, SGD", seconds_of(stack.optimizer.step)))
    rows.append(("the sum of these", sum(seconds for _, seconds in rows)))
    rows.append(("a whole step of training", ours(session.experiment)()))
    lines = [f"where a step of 2-16-16-1, batch 32, goes{'µs':>12}"]
    return "\n".join([*lines, *(f"  {name:44}{seconds * 1e6:>7.2f}" for name, seconds in rows)])


def _name(function: object) -> str:
    return getattr(function, "__qualname__", getattr(function, "__name__", str(function)))


def _named(name: str) -> Work:
    return next(work for work in BARRED if work.name == name)
