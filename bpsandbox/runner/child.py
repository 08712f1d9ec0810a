"""The child: load NumPy, wait for one job, train it, say what happens, end.

Started by `process.Child`, never by hand. It has no environment to speak of, no database, an empty directory that
is already gone, and limits that it sets on itself before it looks at the job.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from bpsandbox.runner import protocol
from bpsandbox.runner.limits import restrain

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
QUIET_SECONDS = 0.05
NICENESS = 10


def main(parent: int, engine_path: str) -> None:
    """Serve one job from standard input and exit. Exit status 0 means that a last line was written."""
    die_with(parent)
    pipe = take_stdout()
    step_aside()
    engine = import_module(engine_path)
    engine.warm()
    say = speaker(pipe)
    say({"type": "ready"})
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return
    job = json.loads(line)
    restrain(**job["restraint"])
    say(last_word(engine, job, say))


def die_with(parent: int) -> None:
    """Ask the kernel to end this process with its parent; end now when the parent is gone already."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def take_stdout() -> BinaryIO:
    """Keep standard output for messages alone: whatever prints, prints to standard error."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb", buffering=0)


def step_aside() -> None:
    """Give way to every page, and let the kernel take this process first when memory is short."""
    with suppress(OSError):
        os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    empty = Path(tempfile.mkdtemp(prefix="bpsandbox-"))
    os.chdir(empty)
    empty.rmdir()


def speaker(pipe: BinaryIO) -> Callable[[protocol.Message], None]:
    def say(message: protocol.Message) -> None:
        rest = memoryview(protocol.encode(message))
        while rest:
            rest = rest[pipe.write(rest) :]

    return say


def last_word(engine: Any, job: dict[str, Any], say: Callable[[protocol.Message], None]) -> protocol.Message:
    """Train and report; return the line that ends the run."""
    try:
        return trained(engine.reports(job["spec"], record_steps=job["record_steps"]), say)
    except MemoryError:
        return {"type": "failed", "code": "memory", "message": ""}
    except Exception as error:
        kind = "engine" if getattr(error, "is_for_people", False) else "internal"
        text = str(error) if kind == "engine" else f"{type(error).__name__}: {error}"
        return {"type": "failed", "code": kind, "message": text[: protocol.MAX_MESSAGE]}


def trained(reports: Iterator[dict[str, Any]], say: Callable[[protocol.Message], None]) -> protocol.Message:
    """Pass points on as they come, some at a time; return the result message.

    A report is {"point": [epoch, step, {name: values}], "epochs": n}; the last one is {"document": ...}.
    """
    began, said = time.monotonic(), -QUIET_SECONDS
    points: list[list[Any]] = []
    for report in reports:
        if "document" in report:
            return {"type": "result", **report}
        epoch, step, values = report["point"]
        points.append([epoch, step, {name: protocol.finite(row) for name, row in values.items()}])
        elapsed = time.monotonic() - began
        if elapsed - said < QUIET_SECONDS:
            continue
        say(progress(points, epochs=report["epochs"], elapsed=elapsed))
        points, said = [], elapsed
    return {"type": "failed", "code": "internal", "message": "the engine ended without a result"}


def progress(points: list[list[Any]], *, epochs: float, elapsed: float) -> protocol.Message:
    epoch = points[-1][0]
    eta = round(elapsed * (epochs - epoch) / epoch, 1) if epoch else None
    return {"type": "progress", "points": points, "epoch": epoch, "epochs": epochs, "eta": eta}
