"""The child: wait for one job, train it, report and exit.

`process.Child` starts it, forked with everything loaded or as a new process. It has a minimal environment, no database
and a deleted working directory, and it applies limits and confinement to itself before it trains.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from bpsandbox.document import SeedWeights
from bpsandbox.runner import protocol
from bpsandbox.runner.budget import Budget
from bpsandbox.runner.confinement import confine, enter_namespaces
from bpsandbox.runner.limits import apply_limits

PR_SET_PDEATHSIG = 1
REPORT_SECONDS = 0.05
STATES_SECONDS, STATE_NUMBERS_A_SECOND = 0.2, 5_000
"""Shortest time between two messages that have states of the network, and the numbers of them in a second."""
WEIGHTS_BYTES = 3 << 20
"""Bytes of weights in one message; as text they are a third longer."""
NICENESS = 10


def main(parent: str, engine_path: str) -> None:
    """Run as a new process: load the engine, then do one job."""
    die_with_parent(int(parent))
    enter_namespaces()
    engine = import_module(engine_path)
    engine.warm()
    work(engine)


def work(engine: Any) -> None:
    """Do one job from standard input. Returns after its last message, or if there is no job."""
    send = sender(reserve_stdout())
    lower_priority()
    enter_deleted_directory()
    send({"type": "ready"})
    with open(0, "rb", closefd=False) as jobs:
        line = jobs.readline()
    if not line.endswith(b"\n"):
        return
    job = json.loads(line)
    apply_limits(**job["limits"])
    confine()
    send(last_message(engine, job, send, Budget(**job["budget"])))


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; exit if the parent has died already."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def reserve_stdout() -> BinaryIO:
    """Reserve standard output for messages and return it; `print` writes to standard error from now on."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb", buffering=0)


def lower_priority() -> None:
    """Run at the lowest priority, and be the first process that the kernel kills when memory is short."""
    with suppress(OSError):
        os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def enter_deleted_directory() -> None:
    """Change to a deleted directory, in which nothing can be created; to the root if the disk is full."""
    os.chdir("/")
    with suppress(OSError):
        empty = Path(tempfile.mkdtemp(prefix="bpsandbox-"))
        os.chdir(empty)
        empty.rmdir()


def sender(pipe: BinaryIO) -> Callable[[protocol.Message], None]:
    def send(message: protocol.Message) -> None:
        rest = memoryview(protocol.encode(message))
        while rest:
            rest = rest[pipe.write(rest) :]

    return send


def last_message(
    engine: Any, job: dict[str, Any], send: Callable[[protocol.Message], None], budget: Budget
) -> protocol.Message:
    """Train and report, or work one step; return the message that ends the job."""
    try:
        if "example" in job:
            return {"type": "worked", **engine.worked(job["spec"], **job["example"], until=budget.until)}
        reports = engine.reports(job["spec"], record_steps=job["record_steps"], until=budget.until)
        return trained(reports, send, budget, wants_weights=job["weights"])
    except MemoryError:
        return {"type": "failed", "code": "memory", "message": ""}
    except Exception as error:
        if isinstance(error, engine.refusals()):
            return failed("engine", str(error))
        return failed("internal", f"{type(error).__name__}: {error}")


def failed(code: str, text: str) -> protocol.Message:
    return {"type": "failed", "code": code, "message": text[: protocol.MAX_MESSAGE]}


def trained(
    reports: Iterator[dict[str, Any]],
    send: Callable[[protocol.Message], None],
    budget: Budget,
    *,
    wants_weights: bool = False,
) -> protocol.Message:
    """Send points in batches as they arrive; return the result message.

    A report is {"points": [[epoch, step, {name: values}], ...], "epoch", "epochs", "share": 0 to 1 of the steps,
    "work", "ahead": multiply-adds, see `core.Report`, "states": a function that makes them}, the last one
    {"document": ..., "steps": ... if requested, "weights": the trained ones of seeds, if the engine gives them}.
    """
    began, sent_at = time.monotonic(), -REPORT_SECONDS
    states = States()
    points: list[list[Any]] = []
    for report in reports:
        elapsed = time.monotonic() - began
        if "document" in report:
            report["document"].setdefault("provenance", {})["seconds"] = round(elapsed, 3)
            weights = report.pop("weights", ())
            if wants_weights:
                send_weights(weights, send)
            return {"type": "result", **report}
        budget.note(work=report["work"], ahead=report["ahead"])
        points += plain(report["points"])
        if elapsed - sent_at < REPORT_SECONDS:
            continue
        send(progress(points, report, elapsed) | states.since(report, elapsed))
        points, sent_at = [], elapsed
    return failed("internal", "the engine ended without a result")


def send_weights(weights: Iterable[SeedWeights], send: Callable[[protocol.Message], None]) -> None:
    """Send the weights in parts. Without the memory for all, the result comes with fewer."""
    with suppress(MemoryError):
        for each in weights:
            for start in range(0, len(each.content), WEIGHTS_BYTES):
                part = b64encode(each.content[start : start + WEIGHTS_BYTES]).decode("ascii")
                send({"type": "weights", "place": each.place, "part": part})


class States:
    """The states of the network that are sent while it trains: each recorded one once, and the present one."""

    def __init__(self) -> None:
        self.last, self.next_at = -1, 0.0

    def since(self, report: dict[str, Any], elapsed: float) -> dict[str, Any]:
        """Return the part of a message with the states since the last one; empty if it is too early for it."""
        if elapsed < self.next_at or not (made := report["states"](self.last)):
            return {}
        numbers = sum(len(row or ()) for _epoch, rows in made for row in rows)
        self.last, self.next_at = made[-1][0], elapsed + max(STATES_SECONDS, numbers / STATE_NUMBERS_A_SECOND)
        return {"states": [[epoch, [row and protocol.finite(row) for row in rows]] for epoch, rows in made]}


def plain(points: Iterable[Any]) -> Iterator[list[Any]]:
    for epoch, step, values in points:
        yield [epoch, step, {name: protocol.finite(row) for name, row in values.items()}]


def progress(points: list[list[Any]], report: dict[str, Any], elapsed: float) -> protocol.Message:
    share = report["share"]
    eta = round(elapsed * (1 - share) / share, 1) if share else None
    return {"type": "progress", "points": points, "epoch": report["epoch"], "epochs": report["epochs"], "eta": eta}
