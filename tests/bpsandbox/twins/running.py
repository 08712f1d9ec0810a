"""Run a script and compare what it prints with the stored curve."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from bpsandbox import core, spec
from bpsandbox.core.train.evaluation import PartEvaluation
from bpsandbox.document import Document
from bpsandbox.spec import Spec

LIMIT = 1e-9
"""Largest relative difference of a recorded loss in double precision."""
SINGLE = 1e-4
"""The same in single precision."""
STEADY = 1e-10
"""Two runs that differ in the last bits of their start are the same up to here."""
WARNINGS = ("-W", "error::DeprecationWarning")
SECONDS = 600


def stored(document: Document) -> list[float]:
    """Return the recorded training losses, one seed after the other."""
    columns = zip(*document.curves["train_loss"], strict=True)
    return [value for column in columns for value in column if value is not None]


def printed(text: str, folder: str, python: str = sys.executable) -> list[float]:
    """Run a script in a process of its own, in an empty folder."""
    path = os.path.join(folder, "twin.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    status, said, complaints = _forked(path) if python == sys.executable else _started(path, python)
    if status:
        raise AssertionError(complaints[-3000:])
    return json.loads(said.splitlines()[-1])["train_loss"]


def _started(path: str, python: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [python, *WARNINGS, path],
        capture_output=True, text=True, cwd=os.path.dirname(path), timeout=SECONDS, env=_alone(),
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


FORKING = f"""
import os, runpy, signal, sys
import numpy  # takes longer than most scripts
for path in map(str.strip, iter(sys.stdin.readline, "")):
    child = os.fork()
    if not child:
        signal.alarm({SECONDS})
        os.chdir(os.path.dirname(path))
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        runpy.run_path(path, run_name="__main__")
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def _forked(path: str) -> tuple[int, str, str]:
    """Run a script in a fork of a process that has imported NumPy and nothing of ours."""
    server = _server()
    server.stdin.write(f"{path}\n")
    server.stdin.flush()
    status = int(server.stdout.readline())
    said, complaints = (Path(path).with_name(name).read_text(encoding="utf-8") for name in ("out", "err"))
    return status, said, complaints


@cache
def _server() -> subprocess.Popen[str]:
    """Start the process that forks; it ends with this one, whose pipe it reads."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *WARNINGS, "-c", FORKING], text=True, env=_alone(), **pipes)


def _alone() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    return kept | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def apart(ours: list[float], theirs: list[float]) -> float:
    """Return the largest relative difference; infinite for lists of different lengths."""
    if len(ours) != len(theirs):
        return math.inf
    return max((abs(a - b) / max(abs(b), 1e-300) for a, b in zip(ours, theirs, strict=True)), default=0.0)


def gap(parsed: Spec, document: Document, losses: list[float]) -> float:
    """Return how far a script's losses are from the run's, each seed up to its horizon."""
    whole = apart(losses, stored(document))
    if whole <= LIMIT or parsed.config["dtype"] == "float32":
        return whole
    other = nudged(parsed)
    columns, shifted = (list(zip(*each.curves["train_loss"], strict=True)) for each in (document, other))
    worst, start = 0.0, 0
    for column, moved in zip(columns, shifted, strict=True):
        ours = [value for value in column if value is not None]
        until = horizon(ours, [value for value in moved if value is not None], STEADY)
        worst = max(worst, apart(losses[start : start + until], ours[:until]))
        start += len(ours)
    return worst if start == len(losses) else math.inf


def horizon(ours: list[float], theirs: list[float], steady: float) -> int:
    """Return how many points agree, with a margin of two in case rounding hits earlier elsewhere."""
    for point, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        if abs(a - b) > steady * abs(a):
            return max(1, point - 2)
    return min(len(ours), len(theirs))


def nudged(parsed: Spec) -> Document:
    """Train again from weights that differ in their last bits."""
    experiment = spec.build(parsed)
    assert isinstance(experiment, core.Experiment)
    share = 1.0 + 4.0 * float(np.finfo("float64").eps)
    return core.run(replace(experiment, start=experiment.start_values() * share)).document()


def outputs(parsed: Spec, place: int = 0) -> np.ndarray:
    """Train again and return what the network of a seed, given by its place, gives for the training examples."""
    *_, last = core.train(spec.build(parsed))
    session = last.result.session
    network = session.experiment.network.bind(session.endings.values)
    part = PartEvaluation(network, session.experiment, session.experiment.train, keep_outputs=True)
    part.loss()
    return part.outputs[place]
