"""Pytest plugin: which lines of both packages each test file runs in its process, and what its tests cost.

`-p bench.mutation.covering` adds to files in $MUTANTS_MAP. Lines that run at an import or in child processes are not
seen; those that run once, for a cache, are seen with whoever came first.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from bench.mutation.drawing import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(f"{ROOT}/{package}/" for package in PACKAGES)
TOOL, COLLECTION = 4, "COLLECTION"
MONITOR = sys.monitoring
ran: set[tuple[str, int]] = set()
files: list[str] = []


def _begin(code, _offset):
    if code.co_filename.startswith(OURS):
        MONITOR.set_local_events(TOOL, code, MONITOR.events.LINE)
    return MONITOR.DISABLE


def _note(code, line):
    ran.add((code.co_filename, line))
    return MONITOR.DISABLE


def pytest_sessionstart() -> None:
    MONITOR.use_tool_id(TOOL, "mutants")
    MONITOR.register_callback(TOOL, MONITOR.events.PY_START, _begin)
    MONITOR.register_callback(TOOL, MONITOR.events.LINE, _note)
    MONITOR.set_events(TOOL, MONITOR.events.PY_START)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    if not files:
        _end(COLLECTION)
    before = os.times()
    result = yield
    user, system, children, their_system, _ = (b - a for a, b in zip(before, os.times(), strict=True))
    _add("cost", "tsv", f"{item.nodeid}\t{user + system:.3f}\t{children + their_system:.3f}")
    file = item.nodeid.partition("::")[0]
    if nextitem is None or nextitem.nodeid.partition("::")[0] != file:
        _end(file)
    return result


def pytest_runtest_logreport(report) -> None:
    if report.failed:
        _add("failed", "txt", report.nodeid)


def _end(file: str) -> None:
    """Write down the lines since the last file, and watch all lines again."""
    lines: dict[str, list[int]] = {}
    for path, line in sorted(ran):
        lines.setdefault(os.path.relpath(path, ROOT), []).append(line)
    _add("lines", "jsonl", json.dumps({"file": file, "lines": lines}))
    files.append(file)
    ran.clear()
    MONITOR.restart_events()


def _add(name: str, suffix: str, line: str) -> None:
    with Path(os.environ["MUTANTS_MAP"], f"{name}-{os.getpid()}.{suffix}").open("a") as file:
        file.write(line + "\n")
