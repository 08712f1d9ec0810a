"""A mixed load for some minutes: `./run bench mixed --deployment production --minutes 10`.

Starts a site with a synthetic community and asks for what visitors (70 %) and a hundred members ask for: 98 % reads of
pages whose popularity follows Zipf's law, deep pages, searches, feeds and static files among them, some with the
validator of an earlier answer; the rest replies, votes and new threads. The client runs on the same machine; its share
is told.

By default a number of connections each wait for their answer before they ask again (`--connections`): requests a second
are what the site can do. With `--rate`, requests are due so many times a second whether or not earlier ones are
answered, and times count from then: percentiles are what readers feel at that load.

Prints requests a second, percentiles and errors by kind of request, processor use by part, and memory every ten seconds
with its slope over the second half. A page made for another reader than the one who asked is an error; a fifth of them
is looked at. `--trainings 2` does it twice, the second time with two runs training all the time.
"""

# runs in: site

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.traffic.client import Answer, Call, Connection, percentile, send
from bench.traffic.measuring import add_site_options, on_a_site
from bench.traffic.meters import Meter
from bench.traffic.mix import Mix
from bench.traffic.sites import Served
from community.launch.paths import ROOT

FINE = frozenset({200, 201, 204, 302, 303, 304})
MEMORY_EVERY = 10.0  # seconds
WARMING = 10.0  # seconds before anything is counted
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
SHOWN_ERRORS = 5


def main() -> int:
    found = on_a_site(_options(), loaded, report)
    return 0 if not any(phase["errors"] for phase in found["phases"]) else 1


def loaded(served: Served, options: argparse.Namespace) -> dict[str, Any]:
    """Load a running site, once or with trainings a second time."""
    mix = Mix(served.catalogue(), served.port)
    asyncio.run(_learn_static(mix, served.port))
    meter = Meter(served.parts)
    pace = {"connections": options.connections, "rate": options.rate}
    asyncio.run(send(served.port, mix.next_call, seconds=options.warming, heard=mix.heard, **pace))
    phases = [phase(served.port, mix, meter, seconds=60 * options.minutes, **pace)]
    if options.trainings:
        with trainings(served, options.trainings):
            time.sleep(options.warming)
            phases.append(phase(served.port, mix, meter, seconds=60 * options.minutes, **pace))
        phases[1]["trainings"] = options.trainings
    return {"phases": phases, **pace}


def phase(port: int, mix: Mix, meter: Meter, *, seconds: float, connections: int, rate: float) -> dict[str, Any]:
    """Load the site for a time and return what was seen."""
    answers, memory = asyncio.run(_watched(port, mix, meter, seconds, connections, rate))
    reading = meter.read()
    wrong = [answer for answer in answers if answer.status not in FINE]
    mistaken, mix.mistaken = mix.mistaken, []
    return {
        "requests": len(answers),
        "rps": round(len(answers) / reading.wall, 1),
        "errors": len(wrong) + len(mistaken),
        "wrong": [f"{answer.kind}: {answer.status} {answer.head[:200]!r}" for answer in wrong][:SHOWN_ERRORS],
        "mistaken": mistaken[:SHOWN_ERRORS],
        "others": round(reading.others, 3),
        "client": round(reading.client / reading.wall, 3),
        "cores": {part: round(used / reading.wall, 3) for part, used in reading.cpu.items()},
        "cpu": {part: round(used * 1e3 / max(1, len(answers)), 2) for part, used in reading.cpu.items()},
        "kinds": by_kind(answers),
        "memory": memory,
        "slope": {part: slope([row[part] for row in memory], MEMORY_EVERY) for part in memory[0]} if memory else {},
    }


async def _watched(
    port: int, mix: Mix, meter: Meter, seconds: float, connections: int, rate: float
) -> tuple[list[Answer], list[dict[str, float]]]:
    memory: list[dict[str, float]] = []

    async def watch() -> None:
        while True:
            memory.append(await asyncio.to_thread(meter.memory))
            await asyncio.sleep(MEMORY_EVERY)

    watching = asyncio.create_task(watch())
    meter.start()
    answers = await send(port, mix.next_call, connections=connections, seconds=seconds, rate=rate, heard=mix.heard)
    watching.cancel()
    return answers, memory


def by_kind(answers: Sequence[Answer]) -> dict[str, dict[str, Any]]:
    """Return count, percentiles in milliseconds and errors of all requests, of all pages, and of each kind."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups["all"].append(answer)
        groups[answer.kind].append(answer)
    return {kind: _told(groups[kind]) for kind in sorted(groups, key=lambda kind: -len(groups[kind]))}


def _told(answers: Sequence[Answer]) -> dict[str, Any]:
    took = sorted(answer.seconds * 1e3 for answer in answers)
    wrong = sum(answer.status not in FINE for answer in answers)
    told = {name: round(percentile(took, share), 1) for name, share in SHARES.items()}
    unchanged = sum(answer.status == 304 for answer in answers)
    return {"requests": len(answers), **told, "unchanged": unchanged, "errors": wrong}


def slope(values: Sequence[float], step: float) -> float:
    """Return the slope of the second half, by least squares, in units a minute; values are `step` seconds apart."""
    half = values[len(values) // 2 :]
    if len(half) < 3:
        return 0.0
    middle, mean = (len(half) - 1) / 2, sum(half) / len(half)
    above = sum((place - middle) * (value - mean) for place, value in enumerate(half))
    below = sum((place - middle) ** 2 for place in range(len(half)))
    return round(above / below * 60 / step, 2)


async def _learn_static(mix: Mix, port: int) -> None:
    connection = Connection(port)
    mix.learn_static(await connection.ask(Call("front", "/")))
    connection.close()


@contextmanager
def trainings(served: Served, count: int) -> Iterator[None]:
    """Keep so many runs training meanwhile."""
    command = [sys.executable, "-m", "bench.traffic.trainings", str(count)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=served.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        if not process.stdout.readline():
            raise RuntimeError("no training was queued")
        yield
    finally:
        process.communicate()


def report(found: dict[str, Any]) -> Iterator[str]:
    """Yield Markdown."""
    way = f"{found['rate']:g} requests a second" if found["rate"] else f"{found['connections']} connections"
    yield f"{found['deployment']}, {found['size']}, {way}, {found['cores']} cores"
    for each in found["phases"]:
        yield from _phase_report(each)
    if len(found["phases"]) == 2:
        idle, busy = (each["kinds"]["all"]["p95"] for each in found["phases"])
        yield f"p95 with trainings: {busy / idle:.2f} × idle"


def _phase_report(each: dict[str, Any]) -> Iterator[str]:
    training = f", {each['trainings']} trainings" if each.get("trainings") else ""
    yield ""
    yield f"{each['requests']} requests, {each['rps']} a second{training}, {each['errors']} errors"
    yield from (*each["wrong"], *each["mistaken"])
    yield ""
    yield "| request | count | p50 ms | p95 | p99 | 304 | errors |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for kind, row in each["kinds"].items():
        yield f"| {kind} | {' | '.join(str(row[name]) for name in ('requests', *SHARES, 'unchanged', 'errors'))} |"
    yield ""
    yield "| part | cores | CPU ms a request | PSS MiB, first | last | slope a minute |"
    yield "|---|---:|---:|---:|---:|---:|"
    for part, cores in each["cores"].items():
        sizes = [row[part] for row in each["memory"]] or [0.0]
        grows = each["slope"].get(part, 0.0)
        yield f"| {part} | {cores} | {each['cpu'][part]} | {sizes[0]:.1f} | {sizes[-1]:.1f} | {grows} |"
    yield f"| client | {each['client']} | | | | |"
    yield f"| others (share of all cores) | {each['others']} | | | | |"


def _options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_site_options(parser)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=16, help="requests at a time (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=0.0, help="requests a second; 0: as many as are answered")
    parser.add_argument("--trainings", type=int, default=0, metavar="N")
    parser.add_argument("--warming", type=float, default=WARMING, help="seconds before anything is counted")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
