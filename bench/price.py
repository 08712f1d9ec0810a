"""Predicted and measured cost: CPU seconds and bytes, for all presets and for random configs.

./run bench price             the presets and a hundred random configs
./run bench price 300 7       three hundred, drawn from seed 7
./run bench price --worst     with the texts of the worst

The rates of this machine are measured first. Each config trains in a forked child. Its seconds are CPU time, the
minimum of two runs, from the canonical text to the document. Its bytes are the peak of tracemalloc in a separate run.
"""
# runs in: site

from __future__ import annotations

import json
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any, NamedTuple

import bench  # noqa: F401  (one BLAS thread, before NumPy is loaded)
from bpsandbox import spec
from bpsandbox.core.train.training import train
from bpsandbox.spec.cost.calibration import measure
from tests.bpsandbox.spec.random_configs import sized_config

LONGEST = 4.0
"""Seconds, by the price, of what is measured at all."""


class Measured(NamedTuple):
    name: str
    text: str
    seconds: float
    real_seconds: float
    bytes: int
    real_bytes: int
    reasons: list[str]

    @property
    def time(self) -> float:
        """Return predicted over measured time."""
        return self.seconds / self.real_seconds

    @property
    def memory(self) -> float:
        return self.bytes / self.real_bytes


def measured(name: str, text: str) -> Measured:
    """Train a config twice for its seconds, and once for its bytes."""
    parsed = spec.parse(text)
    cost = spec.price(parsed)
    seconds, real_bytes, reasons = in_child(parsed)
    return Measured(name, text, cost.seconds, seconds, cost.memory_bytes, real_bytes, reasons)


def in_child(parsed: spec.Spec) -> tuple[float, int, list[str]]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        found = json.dumps(trained(parsed)).encode()
        os.write(writing, found)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found = pipe.read()
    os.waitpid(child, 0)
    return tuple(json.loads(found))


def trained(parsed: spec.Spec) -> tuple[float, int, list[str]]:
    text, runs, document = parsed.to_json(), [], {}
    for _ in range(2):
        began = time.process_time()
        document = documented(text)
        runs.append(time.process_time() - began)
    tracemalloc.start()
    documented(text)
    peak = tracemalloc.get_traced_memory()[1]
    stops = document.get("stop", [])
    return min(runs), peak, sorted({stop["reason"] for stop in stops})


def documented(text: str) -> dict[str, Any]:
    *_, last = train(spec.build(spec.Spec.from_json(text)))
    return last.result.document().to_json()


def presets() -> Iterator[tuple[str, str]]:
    for name, preset in spec.presets.PRESETS.items():
        yield name, preset.text


def drawn(count: int, seed: int, longest: float = LONGEST) -> Iterator[tuple[str, str]]:
    """Return random valid configs within the limits, by number."""
    rng, found = random.Random(seed), 0
    while found < count:
        text = sized_config(rng)
        try:
            cost = spec.price(spec.parse(text))
        except spec.InvalidConfig:
            continue
        if cost.seconds <= longest and not spec.limits.check(cost):
            found += 1
            yield f"#{found}", text


def quantiles(ratios: list[float]) -> str:
    ordered = sorted(ratios)
    places = [ordered[round(share * (len(ordered) - 1))] for share in (0, 0.1, 0.5, 0.9, 1)]
    return "  ".join(f"{place:.2f}" for place in places)


def outside(ratios: list[float], factor: float) -> int:
    return sum(not 1 / factor <= ratio <= factor for ratio in ratios)


def tell(rows: list[Measured], what: str) -> None:
    for name, ratios, factor in (
        ("seconds", [row.time for row in rows], 2.0),
        ("bytes", [row.memory for row in rows], 1.5),
    ):
        print(
            f"{what}: {name}, predicted/measured, least 10% median 90% most: {quantiles(ratios)};"
            f" {outside(ratios, factor)} of {len(rows)} outside {factor:g} x"
        )


def line(row: Measured) -> str:
    return (
        f"{row.name:17} {row.seconds:8.3f} s {row.real_seconds:8.3f} s {row.time:6.2f}"
        f" {row.bytes / 1e6:9.2f} MB {row.real_bytes / 1e6:9.2f} MB {row.memory:6.2f}  {' '.join(row.reasons)}"
    )


def main(arguments: list[str]) -> None:
    numbers = [int(word) for word in arguments if word.isdigit()]
    count, seed = [*numbers, *(100, 0)[len(numbers) :]][:2]
    spec.cost.use(measure())
    print(f"{'':17} {'predicted':>10} {'measured':>10} {'ratio':>6} {'predicted':>12} {'measured':>12} {'ratio':>6}")
    every: list[list[Measured]] = []
    for texts in (presets(), drawn(count, seed)):
        every.append([])
        for name, text in texts:
            every[-1].append(measured(name, text))
            print(line(every[-1][-1]), flush=True)
    for what, rows in zip(("presets", "random"), every, strict=True):
        if rows:
            tell(rows, what)
    if "--worst" in arguments:
        rows = [row for some in every for row in some]
        for row in sorted(rows, key=lambda row: max(row.time, 1 / row.time))[-5:]:
            print(line(row), row.text, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
