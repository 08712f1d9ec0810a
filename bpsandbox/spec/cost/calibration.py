"""Measure the rates of this machine by repeating each operation many times.

Rates are processor time, not wall time, and the minimum of several rounds, so that other processes disturb little.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from bpsandbox.core import CrossEntropyLoss, Linear, MSELoss, Network, train
from bpsandbox.core.nn.activations import Sigmoid, Softmax
from bpsandbox.core.nn.layers.batch_norm import BatchNorm1d
from bpsandbox.core.optim.optimizers import Adam
from bpsandbox.core.tape.workspace import Workspace, play
from bpsandbox.spec.build import build
from bpsandbox.spec.spec import Spec, parse

from . import stacks
from .rates import Rates
from .seconds import work_of
from .sizes import Sizes
from .tally import Call, noting, seen, tally_of

Array = np.ndarray
OF_PYTHON = ("start", "step", "epoch", "point", "value", "example")
"""Rates that depend on Python more than on NumPy: they scale with the speed of Python code."""
OF_CALLS = (*OF_PYTHON, "call", "eager", "record", "product")
STRAIN = 0.7, 4.0
"""Range of plausible factors."""
RUNS = tuple(
    f"""dataset: {data}
model: {{layers: [{layers}, {{type: Linear, out_features: {outputs}}}]}}
loss: {loss}
optimizer: {optimizer}
training: {{epochs: {epochs}, batch_size: {batch}, eval_every: 5}}
seeds: {{count: {seeds}}}
"""
    for data, layers, outputs, loss, optimizer, epochs, batch, seeds in (
        ("{name: xor}", "{type: Linear, out_features: 3, activation: sigmoid}", 1, "BCEWithLogitsLoss", "SGD", 600,
         "full", 16),
        ("{name: moons, n_samples: 200}", "{type: Linear, out_features: 16, activation: relu}", 2, "CrossEntropyLoss",
         "Adam", 15, 16, 1),
        ("{name: sine, n_samples: 200}", "{type: Linear, out_features: 32, activation: tanh}", 1, "MSELoss", "Adam",
         50, "full", 8),
        ("{name: digits}", "Flatten, {type: Linear, out_features: 64, activation: relu}", 10, "CrossEntropyLoss",
         "SGD", 2, 32, 2),
        ("{name: digits, split: {test: 0.5}}", "{type: Conv2d, out_channels: 4, kernel_size: 3, activation: relu}, "
         "{type: MaxPool2d, kernel_size: 2}, Flatten", 10, "CrossEntropyLoss", "Adam", 1, 64, 2),
        ("{name: iris, standardize: standard}", "{type: Linear, out_features: 8}, BatchNorm1d, relu, Dropout", 3,
         "CrossEntropyLoss", "AdamW", 8, 16, 2),
        ("{name: adding, length: 10, n_samples: 500}", "{type: GRU, hidden_size: 8}", 1, "MSELoss", "Adam", 2, 50, 2),
    )
)  # fmt: skip
TRIES = 3
ROUNDS, SECONDS = 4, 0.01
"""Number of rounds of a measurement, and the approximate processor time of one in seconds."""
NUMBERS, MANY, FRESH = 4096, 48, 1 << 26
"""Elements of an array; number of such arrays that exceed the L1 cache; bytes that are allocated anew every time."""


def seconds_each(work: Callable[[], Any], times: int = 1) -> float:
    """Return the processor seconds of one of the `times` operations of `work`."""
    rounds = 1
    while (spent := _spent(work, rounds)) < SECONDS / 4:
        rounds *= 2
    rounds = max(1, round(rounds * SECONDS / max(spent, 1e-9)))
    return min(_spent(work, rounds) for _ in range(ROUNDS)) / rounds / times


def _spent(work: Callable[[], Any], rounds: int) -> float:
    began = time.process_time()
    for _ in range(rounds):
        work()
    return time.process_time() - began


def of_calls(function: Callable[..., Any], *arrays: Array) -> float:
    """Return the seconds of one call on many rows in turn, so that none is in the L1 cache."""
    calls = [(function, rows) for rows in zip(*arrays, strict=True)]
    return seconds_each(lambda: play(calls), len(calls))


def of_call(function: Callable[..., Any], *arrays: Array) -> float:
    """Return the seconds of one call from a tape."""
    calls = [(function, arrays)] * 64
    return seconds_each(lambda: play(calls), 64)


def measure() -> Rates:
    """Measure all rates of this machine; takes a few seconds."""
    with np.errstate(all="ignore"):
        rates = Rates(**_of_tapes(), **_of_updates())
        bare = of_call(np.add, *[np.ones(2)] * 3)
        rates = replace(rates, **_of_runs(bare), **_of_stacks(bare))
        for bits in ("64", "32"):
            rates = replace(rates, **_of_numbers(bits, bare), **_of_products(bits, bare))
    python = rates.eager / Rates.eager
    return strained(replace(rates, **{name: getattr(Rates, name) * python for name in OF_PYTHON}))


def strained(rates: Rates) -> Rates:
    """Scale the rates so that they match whole trainings, which take longer than the sum of their parts.

    Calls and elements get one factor each, by least squares of the relative error.
    """
    shares = []
    for text in RUNS:
        (size,), usual = [Sizes(*stack) for stack in stacks(parse(text))], _usual(text)
        each = {name: count * getattr(rates, name) for name, count in work_of(size).items()}
        of_calls = sum(seconds for name, seconds in each.items() if name in OF_CALLS)
        shares.append((of_calls / usual, (sum(each.values()) - of_calls) / usual))
    calls, numbers = np.clip(np.linalg.lstsq(np.array(shares), np.ones(len(shares)))[0], *STRAIN).tolist()
    return Rates(**{name: rate * (calls if name in OF_CALLS else numbers) for name, rate in asdict(rates).items()})


def _usual(text: str) -> float:
    """Return the processor seconds of a training, the median of several."""
    spec = parse(text)
    return statistics.median(_spent(lambda: _document(spec), 1) for _ in range(TRIES))


def _document(spec: Spec) -> None:
    *_, last = train(build(spec))
    if last.result is not None:
        last.result.document()


def _of_tapes() -> dict[str, float]:
    """Measure a step of the smallest network, and recording its tape."""
    network = Network([Linear(2), Sigmoid(), Linear(1), Sigmoid()], (2,))
    bound, x, y = network.bind(np.full((1, network.size), 0.1)), np.ones((1, 2, 2)), np.ones((1, 2, 1))

    def write_down() -> list[Call]:
        forward, backward = Workspace(bound, MSELoss(), 2).tape(x, y)
        return forward + backward

    calls = write_down()
    return {
        "call": seconds_each(lambda: play(calls), len(calls)),
        "record": seconds_each(write_down, len(calls)),
    }


def _of_updates() -> dict[str, float]:
    """Measure the smallest update and evaluation, including the Python code between their calls."""
    optimizer, w = Adam(), np.ones((1, 2))
    optimizer.bind(seen(w), seen(w.copy()))
    with noting() as calls:
        optimizer.step()
    optimizer.bind(w, w.copy())
    network = Network([Linear(2), Softmax(), BatchNorm1d()], (2,))
    workspace = Workspace(
        network.bind(np.full((1, network.size + 4), 0.1)), CrossEntropyLoss(), 2, backward=False, record=False
    )
    forward, _ = workspace.tape(np.ones((1, 2, 2)), np.ones((1, 2, 2)))
    update = seconds_each(optimizer.step, len(calls))
    from_python = round(tally_of(forward).get("eager", 0))  # none where a tape has all calls of an evaluation
    return {"eager": max(update, seconds_each(lambda: play(forward), from_python)) if from_python else update}


def _of_runs(call: float) -> dict[str, float]:
    """Measure calls on rows of two elements, for which NumPy's inner loop restarts at every row."""
    a, b = np.ones((NUMBERS, 4))[:, :2], np.ones((NUMBERS, 2))
    rng, order = np.random.default_rng(0), np.tile(np.arange(NUMBERS), (1, 1))
    room = np.empty(NUMBERS)
    return {
        "byte": seconds_each(lambda: np.zeros(FRESH, np.uint8).fill(1), FRESH),
        "loop": (of_call(np.add, a, b, b) - call) / NUMBERS,
        "draw": seconds_each(lambda: rng.random(out=room), NUMBERS),
        "shuffle": seconds_each(lambda: rng.permuted(order, axis=1, out=order), NUMBERS),
    }


def _of_numbers(bits: str, call: float) -> dict[str, float]:
    x, y = np.tile(np.linspace(-2.0, 2.0, NUMBERS).astype(f"float{bits}"), (2, MANY, 1))
    positive = x + 3
    kinds: dict[str, list[tuple[Any, ...]]] = {
        "cheap": [(np.add, x, y, y), (np.multiply, x, x, y), (np.copyto, y, x), (np.vecdot, x, x)],
        "root": [(np.divide, x, positive, y), (np.sqrt, positive, y), (np.sign, x, y)],
        "exponential": [(np.exp, x, y), (np.log, positive, y)],
        "tanh": [(np.tanh, x, y)],
        "slow": [(np.expm1, x, y), (np.logaddexp, x, positive, y)],
    }
    return {
        kind + bits: max(0.0, statistics.mean(of_calls(*one) for one in calls) - call) / NUMBERS
        for kind, calls in kinds.items()
    }


def _of_products(bits: str, call: float) -> dict[str, float]:
    """Measure a large and a flat matrix product; in the first, multiply-adds dominate."""
    kind = f"float{bits}"
    large, out = np.ones((160, 160), kind), np.empty((160, 160), kind)
    tall, thin, z = np.ones((512, 16), kind), np.ones((16, 16), kind), np.empty((512, 16), kind)
    multiply_add = (of_call(np.dot, large, large, out) - call) / 160**3
    operands = 2 * 512 * 16 + 256
    operand = (of_call(np.dot, tall, thin, z) - 2 * call - 512 * 256 * multiply_add) / operands
    return {f"multiply_add{bits}": multiply_add, f"operand{bits}": max(operand, 1e-11)}


def _of_stacks(call: float) -> dict[str, float]:
    a, many = np.ones((2, 2)), np.ones((64, 2, 2))
    one = of_call(np.dot, a, a, np.empty((2, 2)))
    return {"product": max(0.0, one - call), "slice": (of_call(np.matmul, many, many, np.empty_like(many)) - one) / 64}


if __name__ == "__main__":
    print(measure().to_json())
