"""The parts of a circle: a command each, run one after the other, or beside the others at a low priority."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
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

    def place(self, ending: str) -> Path:
        """Return where something of this part is kept."""
        return var() / "tests" / f"{self.name.lower().replace(' ', '-')}{ending}"

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


class Running:
    """A command in a process group of its own. `status`, `seconds` and `cpu_seconds` are known when it has ended."""

    status: int | None = None
    seconds = cpu_seconds = 0.0

    def __init__(self, part: Part, command: Sequence[str], log: IO[bytes] | None = None) -> None:
        self.part, self.log = part, log
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=part.variables(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        if part.is_beside:
            _let_others_go_first(self._process.pid)
        self._waiting = threading.Thread(target=self._reap, daemon=True)
        self._waiting.start()

    def _reap(self) -> None:
        """Wait for this process alone, at once: what runs beside others ends long before it is asked for."""
        _pid, status, used = os.wait4(self._process.pid, 0)
        self.seconds, self.cpu_seconds = time.monotonic() - self._began, used.ru_utime + used.ru_stime
        self.status = self._process.returncode = os.waitstatus_to_exitcode(status)

    def wait(self) -> int:
        """Return the status when it has ended."""
        self._waiting.join()
        assert self.status is not None
        return self.status

    def stop(self, first: signal.Signals) -> None:
        """End it and what it started: asked first, so that it clears up, then not."""
        if self.status is None:
            self._signal(os.kill, first)
            self._waiting.join(SECONDS_TO_STOP)
        if self.status is None:
            print(f"Process {self._process.pid} does not stop, and is killed.", file=sys.stderr)
        self._signal(os.killpg, signal.SIGKILL)
        self._waiting.join()

    def _signal(self, send: Callable[[int, int], None], number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            send(self._process.pid, number)


def pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


def processes() -> int:
    """Return how many processes tests run in: one more than processors, as many tests wait for other processes."""
    return min(9, (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1)


def spread() -> list[str]:
    return ["-n", str(processes()), "--dist", "loadfile"]


class Runner:
    """Runs parts; an interrupted one leaves no process. `ended` is told of each part that has ended."""

    def __init__(self, ended: Callable[[Result], None] = lambda result: None) -> None:
        self._ended = ended
        self._running: list[Running] = []

    def run(self, parts: Sequence[Part]) -> list[Result]:
        """Run all parts and return their results in the same order. Raises KeyboardInterrupt after all have ended."""
        try:
            beside = {part.name: self._begin(part) for part in parts if part.is_beside and not part.left_out}
            results = {part.name: self._now(part) for part in parts if part.name not in beside}
            results |= {name: self._noted(_told(running)) for name, running in beside.items()}
        except BaseException:
            for running in self._running:
                running.stop(signal.SIGINT)
            raise
        return [results[part.name] for part in parts]

    def _now(self, part: Part) -> Result:
        return _left_out(part) if part.left_out else self._noted(self._tests(part))

    def _noted(self, result: Result) -> Result:
        self._ended(result)
        return result

    def _tests(self, part: Part) -> Result:
        """Run tests. A few that fail beside others run once more alone, and are named if they pass then."""
        say(part.name)
        cache = part.place("-cache")
        shutil.rmtree(cache, ignore_errors=True)  # it names what failed in an earlier run
        runs = [self._start(part, ["-o", f"cache_dir={cache}", *spread()])]
        status = runs[0].wait()
        failed = _failed(cache) if status == 1 else []
        if 0 < len(failed) <= STARVED_AT_MOST:
            say(f"Once more, alone: {' '.join(failed)}")
            again = ["--last-failed", "--last-failed-no-failures", "none"]
            runs.append(self._start(part, ["-o", f"cache_dir={cache}", "-n", "0", *again]))
            status = runs[1].wait()
        return Result(
            part.name,
            status in (0, 5),  # 5: no test was chosen
            sum(each.seconds for each in runs) / 60,
            sum(each.cpu_seconds for each in runs) / 60,
            sorted({*failed} - {*_failed(cache)}) if len(runs) > 1 else [],
        )

    def _begin(self, part: Part) -> Running:
        path = part.place(".log")
        path.parent.mkdir(parents=True, exist_ok=True)
        return self._start(part, [], path.open("w+b"))

    def _start(self, part: Part, more: list[str], log: IO[bytes] | None = None) -> Running:
        self._running.append(Running(part, [*part.command, *more], log))
        return self._running[-1]


def _let_others_go_first(process: int) -> None:
    """Lower the priority of a process that leads a session: on Linux also that of its session, which comes first."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, process, 10)
    with suppress(OSError):
        Path(f"/proc/{process}/autogroup").write_text("10", encoding="ascii")


def _told(running: Running) -> Result:
    """Wait for what runs beside the others and print what it said."""
    status = running.wait()
    say(running.part.name)
    if running.log is not None:
        running.log.seek(0)
        print(running.log.read().decode(errors="replace"), flush=True)
        running.log.close()
    return Result(running.part.name, status == 0, running.seconds / 60, running.cpu_seconds / 60)


def _left_out(part: Part) -> Result:
    say(f"{part.name}: left out")
    print(part.left_out, flush=True)
    return Result(part.name, os.environ.get("CI") != "true", note="left out")


def _failed(cache: Path) -> list[str]:
    path = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


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
