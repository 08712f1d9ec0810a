"""Interleaved rounds of all contenders, in CPU seconds; the median round counts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from bpsandbox.core import Experiment
from bpsandbox.core.train.session import Session

Round = Callable[[], float]
"""Trains for a while and gives seconds a step."""


def ours(experiment: Experiment) -> Round:
    def trains() -> float:
        with np.errstate(all="ignore"):
            session = Session(experiment)
            began = time.process_time()
            while session.is_running:
                session.advance(1 << 30)
        return (time.process_time() - began) / session.total_steps

    return trains


def medians(contenders: dict[str, Round], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for train in contenders.values():
        train()  # warm-up
    for _ in range(rounds):
        for name, train in contenders.items():
            taken[name].append(train())
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def seconds_of(call: Callable[[], object], least: float = 0.05) -> float:
    """Return the seconds of one call, the best of five times as many calls as take `least` seconds."""
    count = 1
    while (taken := _calls(call, count)) < least:
        count = max(2 * count, int(count * least / max(taken, 1e-9)))
    return min(_calls(call, count) for _ in range(5)) / count


def _calls(call: Callable[[], object], count: int) -> float:
    began = time.process_time()
    for _ in range(count):
        call()
    return time.process_time() - began
