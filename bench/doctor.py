"""How well findings are found, and what it costs to examine every run: `./run bench doctor`.

First the confusion table of each set of labelled configs, and of all: labels found, missed and false, by finding.
Two rules on chaos were changed for causes that chaotic configs of `reserved` showed, and variants of them were compared
on `restless`, so what both say of chaos is no estimate (ADR 84). No other rule was changed because of `reserved`.
`measured` has configs whose labels of chaos and overfitting come from a measurement that is no rule of the doctor. No
rule was made or changed with them. They have no other labels, and are not in the table of all.
`--part confusion` and `--part cost` do only one of the two, `--part labels` measures those labels again (2 min).

The examples E1 to E6, and a network with batch norm, whose step losses are added up too, train with the samples that
the doctor needs and without them, in turn: CPU seconds of steps and points, as a share of those without, with the
median and the quartiles over the pairs. On a busy machine these differ by more than the samples cost; `inside` is the
time within the samples themselves. `examined` is the time that the findings take when a run is over.
"""

# runs in: site

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest import mock

import numpy as np

import bench  # noqa: F401  (one BLAS thread, before NumPy is loaded)
from bench.doctor_configs import measured
from bench.doctor_configs.judging import MEASURED, SETS, found_in, lines, wrong
from bench.doctor_configs.labelled import Labelled
from bpsandbox import spec
from bpsandbox.core import Experiment
from bpsandbox.core.train import session, stack
from bpsandbox.core.train.experiment import Observed, Observer
from bpsandbox.core.train.observers.signals import Signals
from bpsandbox.core.train.result import Result

EXAMPLES = {"E1": "xor", "E2": "spiral", "E3": "digits", "E4": "sine", "E5": "digits-cnn", "E6": "adding"}
NORM = "{type: BatchNorm2d, activation: relu}"
CNN = f"""
seed: 0
dataset: {{name: digits, standardize: minmax, split: {{test: 0.2, stratify: true}}}}
model:
  layers:
    - {{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}}
    - {NORM}
    - {{type: MaxPool2d, kernel_size: 2}}
    - {{type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1}}
    - {NORM}
    - {{type: MaxPool2d, kernel_size: 2}}
    - Flatten
    - {{type: Linear, out_features: 10}}
loss: {{type: CrossEntropyLoss}}
optimizer: {{type: Adam, lr: 0.003}}
training: {{epochs: 10, batch_size: 32}}
"""


def main() -> int:
    options = _options()
    made: dict[str, Any] = {}
    if options.part == "labels":
        print(*relabelled(), sep="\n")
        return 0
    if options.part != "cost":
        made["confusion"] = confusions(options.only, is_shown=not options.json)
    if options.part != "confusion":
        made["cost"] = [row(name, text, options.rounds) for name, text in works() if options.only in name]
        print("" if options.json else table(made["cost"]))
    if options.json:
        print(json.dumps(made))
    return 0


def confusions(only: str, *, is_shown: bool) -> dict[str, Any]:
    """Train the labelled configs, print the table of each set and of all, and return what is not as labelled."""
    made, everything, found = {}, list[Labelled](), dict[str, set[str]]()
    for name, configs in (SETS | MEASURED).items():
        if only in name:
            found |= found_in(configs)
            everything += configs if name in SETS else []
            made[name] = [*wrong(configs, found)]
            show(name, configs, found, is_shown)
    show("all", everything, found, is_shown and len(made) > 1)
    return made


def show(name: str, configs: list[Labelled], found: dict[str, set[str]], is_shown: bool) -> None:
    if is_shown:
        print(f"{name}, {len(configs)} configs", *lines(configs, found), "", sep="\n", flush=True)


def relabelled() -> Iterator[str]:
    """Measure the labels of the measured sets again, and yield what is not as they are kept."""
    kept = measured.CHAOTIC, measured.CALM, measured.RISING, measured.LEVEL
    with np.errstate(all="ignore"):
        found = measured.measure()
    for name, before, now in zip(("chaotic", "calm", "rising", "level"), kept, found, strict=True):
        yield f"{name}: {len(now)}, no more {sorted(before - now) or 'none'}, new {sorted(now - before) or 'none'}"


def works() -> Iterator[tuple[str, str]]:
    for name, preset in EXAMPLES.items():
        yield f"{name} {preset}", spec.presets.PRESETS[preset].text
    yield "batch norm", CNN


def row(name: str, text: str, rounds: int) -> dict[str, Any]:
    """Return what the samples cost in this config, in microseconds a step and in percent."""
    experiment = spec.build(spec.parse(text))
    assert isinstance(experiment, Experiment)
    seconds, without_them, steps = pairs(experiment, rounds)
    shares = [100 * (there / gone - 1) for there, gone in zip(seconds, without_them, strict=True)]
    low, middle, high = statistics.quantiles(shares, n=4, method="inclusive")
    inside = statistics.median(share_inside(experiment) for _ in range(rounds))
    examined, whole = examination(experiment)
    return {
        "config": name, "steps": steps, "step_us": round(1e6 * statistics.median(without_them) / steps, 2),
        "percent": round(middle, 2), "quartiles": [round(low, 2), round(high, 2)],
        "inside_percent": round(100 * inside, 2),
        "examined_ms": round(1e3 * examined, 2), "examined_percent": round(100 * examined / whole, 2),
    }  # fmt: skip


def pairs(experiment: Experiment, rounds: int) -> tuple[list[float], list[float], int]:
    """Return the seconds with and without samples, round by round, and the steps; each goes first in turn."""
    ways: list[tuple[list[float], Callable[[], AbstractContextManager[None]]]] = [([], nullcontext), ([], unsampled)]
    steps = trained(experiment).step  # warm-up
    for number in range(rounds):
        for taken, way in ways if number % 2 else ways[::-1]:
            with way():
                began = time.process_time()
                trained(experiment)
                taken.append(time.process_time() - began)
    return ways[0][0], ways[1][0], steps


@contextmanager
def unsampled() -> Iterator[None]:
    """Train without the samples of gradients and outputs, and without the losses of steps."""
    with mock.patch.object(session, "Signals", Observer), mock.patch.object(stack, "has_statistics", lambda _: False):
        yield


class Timed(Signals):
    """Samples, and the seconds that they take."""

    seconds = 0.0

    def begin(self, run: Observed) -> None:
        self._timed(super().begin, run)

    def after_gradient(self, run: Observed) -> None:
        self._timed(super().after_gradient, run)

    def at_point(self, run: Observed) -> None:
        self._timed(super().at_point, run)

    def leaving(self, run: Observed, rows: Sequence[int]) -> None:
        self._timed(super().leaving, run, rows)

    def _timed(self, hook: Callable[..., None], *given: object) -> None:
        began = time.process_time()
        hook(*given)
        self.seconds += time.process_time() - began


def share_inside(experiment: Experiment) -> float:
    """Return the share that the samples add to the seconds of the rest."""
    with mock.patch.object(session, "Signals", Timed):
        began = time.process_time()
        signals = trained(experiment).signals
        whole = time.process_time() - began
    assert isinstance(signals, Timed)
    return signals.seconds / (whole - signals.seconds)


def trained(experiment: Experiment) -> session.Session:
    with np.errstate(all="ignore"):
        made = session.Session(experiment)
        while made.is_running:
            made.advance(1 << 30)
    return made


def examination(experiment: Experiment) -> tuple[float, float]:
    """Return the seconds that the findings take, the least of three, and those of the training before them."""
    began = time.process_time()
    made = trained(experiment)
    whole = time.process_time() - began
    with np.errstate(all="ignore"):
        made.close()
    result = Result(made)
    everyone = [tuple(range(len(experiment.seeds)))]
    return max(0.0, least(lambda: result.examined(everyone)) - least(result._recorded)), whole


def least(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return min(taken)


def table(rows: list[dict[str, Any]]) -> str:
    lines = [
        f"{'config':16}{'steps':>8}{'µs a step':>12}{'samples':>10}{'quartiles':>18}{'inside':>10}{'examined':>12}"
    ]
    for each in rows:
        quartiles = "{} to {} %".format(*each["quartiles"])
        lines.append(
            f"{each['config']:16}{each['steps']:>8}{each['step_us']:>12}{each['percent']:>8} %{quartiles:>18}"
            f"{each['inside_percent']:>8} %"
            f"{each['examined_ms']:>9} ms = {each['examined_percent']} %"
        )
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench doctor", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="pairs of trainings (default 9)")
    parser.add_argument("--only", default="", help="sets and configs whose name has this text")
    parser.add_argument("--part", choices=("confusion", "cost", "labels"), help="do only this")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
