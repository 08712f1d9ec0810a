"""The parts of a circle: a command each, run one after the other, or beside the others at a low priority."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from community.launch.paths import ROOT, var

STARVED_AT_MOST = 5
"""More failures than these are never the fault of a busy machine."""
SECONDS_TO_STOP = 60


@dataclass(frozen=True)
class Part:
    """A command with its variables; a value of None removes one. `left_out` says why it cannot run here."""

    name: str
    command: Sequence[str]
    environ: dict[str, str | None] = field(default_factory=dict)
    is_beside: bool = False
    left_out: str = ""

    @property
    def cache(self) -> Path:
        return var() / "tests" / f"cache-{self.name.lower().replace(' ', '-')}"

    def variables(self) -> dict[str, str]:
        merged = {**os.environ, **self.environ}
        return {name: value for name, value in merged.items() if value is not None}


@dataclass
class Result:
    """How a part ended; CPU minutes are those of all its processes, as far as they were waited for."""

    name: str
    is_green: bool
    minutes: float = 0.0
    cpu_minutes: float = 0.0
    starved: list[str] = field(default_factory=list)
    note: str = ""


def pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


def processes() -> int:
    """Return how many processes tests run in: one more than processors, as many tests wait for other processes."""
    return min(9, (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1)


def spread() -> list[str]:
    return ["-n", str(processes()), "--dist", "loadfile"]


class Runner:
    """Runs parts; an interrupted one leaves no process."""

    def __init__(self, ended: Callable[[Result], None] = lambda result: None) -> None:
        self._ended = ended
        self._running: list[tuple[subprocess.Popen, Part, IO[bytes], float]] = []

    def run(self, parts: Sequence[Part]) -> list[Result]:
        """Run all parts and return their results in the same order. Raises KeyboardInterrupt after all have ended."""
        results: dict[str, Result] = {}
        try:
            for part in parts:
                if part.is_beside and not part.left_out:
                    self._begin(part)
            for part in parts:
                if part.left_out:
                    results[part.name] = _left_out(part)
                elif not part.is_beside:
                    results[part.name] = self._noted(self.tests(part))
            while self._running:
                result = self._noted(self._end(*self._running.pop(0)))
                results[result.name] = result
        except BaseException:
            self._stop()
            raise
        return [results[part.name] for part in parts]

    def _noted(self, result: Result) -> Result:
        self._ended(result)
        return result

    def tests(self, part: Part) -> Result:
        """Run tests. A few that fail beside others run once more alone, and are named if they pass then."""
        say(part.name)
        began, before = time.monotonic(), _cpu_seconds()
        status = self._call(part, ["-o", f"cache_dir={part.cache}", *spread()])
        starved: list[str] = []
        failed = _failed(part.cache) if status == 1 else []
        if 0 < len(failed) <= STARVED_AT_MOST:
            say(f"Once more, alone: {' '.join(failed)}")
            status = self._call(
                part, ["-o", f"cache_dir={part.cache}", "-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
            )
            starved = [] if status else failed
        took, cpu = time.monotonic() - began, _cpu_seconds() - before
        return Result(part.name, status in (0, 5), took / 60, cpu / 60, starved)  # 5: no test was chosen

    def _call(self, part: Part, more: list[str]) -> int:
        process = subprocess.Popen(
            [*part.command, *more], cwd=ROOT, env=part.variables(), stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            return process.wait()
        except BaseException:
            _stop_group(process, signal.SIGINT)
            raise

    def _begin(self, part: Part) -> None:
        path = var() / "tests" / f"{part.name.lower().replace(' ', '-')}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        log = path.open("w+b")
        nice = ["nice", "-n", "10"] if shutil.which("nice") else []
        process = subprocess.Popen(
            [*nice, *part.command], cwd=ROOT, env=part.variables(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        self._running.append((process, part, log, time.monotonic()))

    def _end(self, process: subprocess.Popen, part: Part, log: IO[bytes], began: float) -> Result:
        before = _cpu_seconds()
        try:
            status = process.wait()
        except BaseException:
            _stop_group(process, signal.SIGTERM)
            raise
        say(part.name)
        with log:
            log.seek(0)
            print(log.read().decode(errors="replace"), flush=True)
        return Result(part.name, status == 0, (time.monotonic() - began) / 60, (_cpu_seconds() - before) / 60)

    def _stop(self) -> None:
        for process, _part, log, _began in self._running:
            _stop_group(process, signal.SIGTERM)
            log.close()


def _left_out(part: Part) -> Result:
    say(f"{part.name}: left out")
    print(part.left_out, flush=True)
    return Result(part.name, os.environ.get("CI") != "true", note="left out")


def _stop_group(process: subprocess.Popen, first: signal.Signals) -> None:
    """End a process and what it started: asked first, so that it clears up, then not."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            print(f"Process {process.pid} does not stop, and is killed.", file=sys.stderr)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _failed(cache: Path) -> list[str]:
    path = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def _cpu_seconds() -> float:
    used = os.times()
    return used.children_user + used.children_system


def table(results: Sequence[Result]) -> str:
    """Return the minutes by part as a Markdown table."""
    rows = [
        f"| {each.name} | {'green' if each.is_green else 'red'}{f', {each.note}' if each.note else ''} "
        f"| {each.minutes:.1f} | {each.cpu_minutes:.1f} |"
        for each in results
    ]
    return "\n".join(["| part | outcome | minutes | CPU minutes |", "| --- | --- | --- | --- |", *rows])


def say(text: str) -> None:
    print(f"\n== {text}", flush=True)
