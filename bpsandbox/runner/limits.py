"""The limits of a run. The child sets most of them on itself; the parent enforces the others."""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

MIB = 1 << 20
GRACE_SECONDS = 1
"""Whole seconds of processor time beyond the budget, for a result that takes longer to send than expected."""


@dataclass(frozen=True)
class Limits:
    """The limits of one run. `memory_bytes` is what a child may allocate beyond its idle size.

    Of wall time there is far more than of processor time: trainings have a tenth of a machine that pages keep busy, and
    a run is not to end earlier on a day with many readers.
    """

    cpu_seconds: float = 30.0
    wall_seconds: float = 600.0
    memory_bytes: int = 768 * MIB
    line_bytes: int = 8 * MIB
    output_bytes: int = 32 * MIB
    stderr_bytes: int = 4096
    open_files: int = 24

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def with_cpu(self, seconds: float) -> Limits:
        """Return the limits with another processor time, and the wall time scaled in proportion."""
        return replace(self, cpu_seconds=seconds, wall_seconds=self.wall_seconds * seconds / self.cpu_seconds)


def apply_limits(*, cpu_seconds: float, memory_bytes: int, open_files: int) -> None:
    """Irrevocably set the limits of this process. Called by the child when its job has arrived."""
    import resource

    spent = resource.getrusage(resource.RUSAGE_SELF)
    processor = math.ceil(spent.ru_utime + spent.ru_stime + cpu_seconds) + GRACE_SECONDS
    set_limit(resource.RLIMIT_CPU, processor, processor + 2)
    set_limit(resource.RLIMIT_FSIZE, 0)
    set_limit(resource.RLIMIT_CORE, 0)
    set_limit(resource.RLIMIT_NOFILE, open_files)
    set_limit(resource.RLIMIT_NPROC, 0)
    size = address_space()
    if size:
        set_limit(resource.RLIMIT_AS, size + memory_bytes)


def set_limit(name: int, soft: int, hard: int | None = None) -> None:
    """Lower one limit. A hard limit that is already lower is kept."""
    import resource

    _, ceiling = resource.getrlimit(name)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        hard = min(hard, ceiling)
    resource.setrlimit(name, (min(soft, hard), hard))


def address_space() -> int:
    """Return the size of this process's address space in bytes, or 0 without /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
