"""The child: wait for one job, train it, say what happens, end.

Started by `process.Child`, never by hand: forked with everything loaded, or from nothing. It has no environment to
speak of, no database, an empty directory that is already gone, and limits and walls that it sets around itself before
it looks at the job.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from bpsandbox.runner import protocol
from bpsandbox.runner.budget import Budget
from bpsandbox.runner.confinement import confine, enter_namespaces
from bpsandbox.runner.limits import restrain

PR_SET_PDEATHSIG = 1
QUIET_SECONDS = 0.05
NICENESS = 10


def main(parent: str, engine_path: str) -> None:
    """Begin from nothing: load the engine, then work."""
    die_with(int(parent))
    enter_namespaces()
    engine = import_module(engine_path)
    engine.warm()
    work(engine)


def work(engine: Any) -> None:
    """Serve one job from standard input. Returns when a last line was written, or when no job came."""
    pipe = take_stdout()
    step_aside()
    say = speaker(pipe)
    say({"type": "ready"})
    with open(0, "rb", closefd=False) as jobs:
        line = jobs.readline()
    if not line.endswith(b"\n"):
        return
    job = json.loads(line)
    restrain(**job["restraint"])
    confine()
    say(last_word(engine, job, say, Budget(**job["budget"])))


def die_with(parent: int) -> None:
    """Ask the kernel to end this process with its parent; end now when the parent is gone already."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


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
    os.chdir("/")
    with suppress(OSError):  # a full disk takes no directory
        empty = Path(tempfile.mkdtemp(prefix="bpsandbox-"))
        os.chdir(empty)
        empty.rmdir()


def speaker(pipe: BinaryIO) -> Callable[[protocol.Message], None]:
    def say(message: protocol.Message) -> None:
        rest = memoryview(protocol.encode(message))
        while rest:
            rest = rest[pipe.write(rest) :]

    return say


def last_word(
    engine: Any, job: dict[str, Any], say: Callable[[protocol.Message], None], budget: Budget
) -> protocol.Message:
    """Train and report, or work one step; return the line that ends the run."""
    try:
        if "example" in job:
            return {"type": "worked", **engine.worked(job["spec"], **job["example"], until=budget.until)}
        reports = engine.reports(job["spec"], record_steps=job["record_steps"], until=budget.until)
        return trained(reports, say, budget)
    except MemoryError:
        return {"type": "failed", "code": "memory", "message": ""}
    except Exception as error:
        if isinstance(error, engine.refusals()):
            return failed("engine", str(error))
        return failed("internal", f"{type(error).__name__}: {error}")


def failed(code: str, text: str) -> protocol.Message:
    return {"type": "failed", "code": code, "message": text[: protocol.MAX_MESSAGE]}


def trained(
    reports: Iterator[dict[str, Any]], say: Callable[[protocol.Message], None], budget: Budget
) -> protocol.Message:
    """Pass points on as they come, several at a time; return the result message.

    A report is {"points": [[epoch, step, {name: values}], ...], "epoch", "epochs", "share": 0 to 1 of the steps,
    "work", "ahead": multiply-adds, see `core.Report`}, the last one {"document": ..., "steps": ... when wanted}.
    """
    began, said = time.monotonic(), -QUIET_SECONDS
    points: list[list[Any]] = []
    for report in reports:
        elapsed = time.monotonic() - began
        if "document" in report:
            report["document"].setdefault("provenance", {})["seconds"] = round(elapsed, 3)
            return {"type": "result", **report}
        budget.note(work=report["work"], ahead=report["ahead"])
        points += plain(report["points"])
        if elapsed - said < QUIET_SECONDS:
            continue
        say(progress(points, report, elapsed))
        points, said = [], elapsed
    return failed("internal", "the engine ended without a result")


def plain(points: Iterable[Any]) -> Iterator[list[Any]]:
    for epoch, step, values in points:
        yield [epoch, step, {name: protocol.finite(row) for name, row in values.items()}]


def progress(points: list[list[Any]], report: dict[str, Any], elapsed: float) -> protocol.Message:
    share = report["share"]
    eta = round(elapsed * (1 - share) / share, 1) if share else None
    return {"type": "progress", "points": points, "epoch": report["epoch"], "epochs": report["epochs"], "eta": eta}
