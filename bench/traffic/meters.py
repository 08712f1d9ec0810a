"""Processor time and memory of process trees, from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from time import monotonic, process_time, sleep

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1
GONE = (OSError, ValueError, IndexError)  # of a process that ends while it is read
MIB = 1024  # kB
SETTLING, IDLE = 60.0, 0.1  # seconds, and of processor time in one of them

type Roots = Callable[[], Iterable[int]]


def tree(roots: Iterable[int]) -> set[int]:
    """Return these processes and their descendants."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with suppress(*GONE):
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found, waiting = set(), list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor seconds of these processes, with those of their ended children."""
    ticks = 0
    for pid in pids:
        with suppress(*GONE):
            ticks += sum(map(int, _stat(pid)[11:15]))
    return ticks / TICKS


def busy_seconds() -> float:
    """Return the processor seconds that the machine has worked, all cores, stolen time included."""
    ticks = list(map(int, (PROC / "stat").read_text().splitlines()[0].split()[1:9]))
    return (sum(ticks) - ticks[3] - ticks[4]) / TICKS


def memory_mib(pids: Iterable[int]) -> float:
    """Return the proportional set size (PSS): shared pages are divided among those who share them."""
    total = 0
    for pid in pids:
        with suppress(*GONE):
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / MIB


def reads(pids: Iterable[int]) -> int:
    """Return how often these processes have read a file or a pipe, as SQLite does for a query."""
    return sum(_number(pid, "io", "syscr:") for pid in pids)


def threads(pids: Iterable[int]) -> int:
    return sum(_number(pid, "status", "Threads:") for pid in pids)


def _number(pid: int, name: str, label: str) -> int:
    with suppress(*GONE):
        lines = (PROC / str(pid) / name).read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(label))
    return 0


def command(pid: int) -> str:
    with suppress(*GONE):
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on; the second may contain anything."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@dataclass(frozen=True)
class Reading:
    """What happened in an interval: seconds of wall and processor time. `others` is the share of all cores that
    neither the site nor the client used.
    """

    wall: float
    cpu: dict[str, float]
    client: float
    others: float


class Meter:
    """Measures the parts of a site. Each part is a function that returns its root processes."""

    def __init__(self, parts: dict[str, Roots]) -> None:
        self.parts = parts
        self.start()

    def start(self) -> None:
        self._cpu, self._busy, self._client, self._wall = self._now(), busy_seconds(), process_time(), monotonic()

    def read(self) -> Reading:
        """Return what happened since `start`."""
        cpu = {name: max(0.0, now - self._cpu[name]) for name, now in self._now().items()}
        wall, client = monotonic() - self._wall, process_time() - self._client
        busy = busy_seconds() - self._busy
        others = max(0.0, busy - sum(cpu.values()) - client) / (wall * CORES)
        return Reading(wall, cpu, client, others)

    def memory(self) -> dict[str, float]:
        """Return the PSS of each part in MiB."""
        return {name: memory_mib(tree(roots())) for name, roots in self.parts.items()}

    def settle(self, name: str) -> None:
        """Wait until a part has almost nothing to do, a minute at most."""
        until = monotonic() + SETTLING
        while monotonic() < until:
            before = self._now()[name]
            sleep(1.0)
            if self._now()[name] - before < IDLE:
                return

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """Stop the processes of a part, which find afterwards what they had to do meanwhile."""
        stopped = tree(self.parts[name]())
        _signal(stopped, SIGSTOP)
        try:
            yield
        finally:
            _signal(stopped, SIGCONT)

    def _now(self) -> dict[str, float]:
        return {name: cpu_seconds(tree(roots())) for name, roots in self.parts.items()}
