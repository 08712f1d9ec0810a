"""Which test files could notice a mutant, and whether one does."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from bench.mutation.drawing import Mutant

FIRST, GROWTH, UNKNOWN = 12.0, 4.0, 3.0
"""CPU seconds of the files that are tried first together, how many times more the next may cost, and of a new file."""
NEAR = 3
"""A folder below the package, or a name."""
PATIENCE = 600.0
"""Seconds that files may take beyond ten times their CPU time, on a busy machine."""
OPTIONS = ("-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no", "--no-header")


@dataclass
class Covered:
    """The map of a tree: what each test file runs and costs, and what fails in it without a mutant."""

    texts: dict[str, str]
    lines: dict[str, dict[str, set[int]]]
    costs: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failed: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, folder: Path, root: Path) -> Covered:
        paths = sorted((root / "tests").rglob("test_*.py"))
        texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
        found = cls(texts, {test: defaultdict(set) for test in texts})
        for entry in map(json.loads, _entries(folder, "lines")):
            for path, lines in entry["lines"].items() if entry["file"] in found.lines else ():
                found.lines[entry["file"]][path].update(lines)
        for test, own, children, *_ in (line.split("\t") for line in _entries(folder, "cost")):
            found.costs[test.partition("::")[0]] += float(own) + float(children)
        found.failed.update(_entries(folder, "failed"))
        return found

    def cost(self, file: str) -> float:
        return 0.2 + self.costs[file] if self.lines[file] else UNKNOWN

    def reaching(self, mutant: Mutant) -> list[str]:
        """Return the test files that run the mutant's lines, or are new and near: near ones first, then cheap ones."""

        def reaches(file: str) -> bool:
            of = self.lines[file]
            return (
                not of.get(mutant.file, set()).isdisjoint(mutant.lines) if of else self.nearness(file, mutant) >= NEAR
            )

        return sorted(filter(reaches, self.lines), key=lambda file: (-self.nearness(file, mutant), self.cost(file)))

    def others(self, mutant: Mutant) -> list[str]:
        """Return the files that may notice all the same, such as in child processes: near ones, then of its module."""

        def distance(file: str) -> tuple[bool, bool, int, float]:
            near, module = self.nearness(file, mutant), mutant.file in self.lines[file]
            return not (module and near >= NEAR), not (module or near >= NEAR), -near, self.cost(file)

        return sorted(self.lines.keys() - set(self.reaching(mutant)), key=distance)

    def nearness(self, test: str, mutant: Mutant) -> int:
        """Count the folders that a test has in common with the code, twice, a name they share, and one it mentions."""
        tests, code = (name.removesuffix(".py").split("/") for name in (test.removeprefix("tests/"), mutant.file))
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(tests, code, strict=False)))
        mentions = bool(mutant.function) and re.search(rf"\b{mutant.function}\b", self.texts[test]) is not None
        return 2 * same + (tests[-1].removeprefix("test_") in code) + mentions


def _entries(folder: Path, name: str) -> Iterator[str]:
    for path in sorted(folder.glob(f"{name}-*")):
        yield from path.read_text().splitlines()


@dataclass
class Slot:
    """A clone of the tree in which one mutant at a time is tried."""

    folder: Path
    marks: Sequence[str]
    covered: Covered

    def make(self, root: Path) -> None:
        """Clone the last commit, or end what an interruption left; what tests keep below var/ stays."""
        if not self.folder.exists():
            subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", root, self.folder], check=True)
        self.end_all()
        head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=root, text=True).strip()
        for command in (["fetch", "-q"], ["reset", "-q", "--hard", head]):
            subprocess.run(["git", *command], cwd=self.folder, check=True)

    def judge(self, mutant: Mutant, budget: float) -> dict:
        """Run tests until one fails or the budget in CPU seconds is spent, first those that run the line."""
        path = self.folder / mutant.file
        text, began = path.read_bytes(), sum(os.times()[2:4])
        reaching = self.covered.reaching(mutant)
        outcome, said, tried, chance = "survived", "", [], []
        try:
            for some in self._portions(reaching + self.covered.others(mutant), budget):
                _write(path, mutant.applied(text))
                outcome, said = self.run(some)
                while tried and outcome == "caught" and not self._is_due_to(mutant, path, text, _test(said)):
                    chance.append(_test(said))
                    outcome, said = self.run(some, chance)
                tried += some
                if outcome != "survived":
                    break
        finally:
            _write(path, text)
        return {
            "outcome": outcome, "by": said, "tried": len(tried), "reaching": len(reaching),
            "all reaching": set(reaching) <= set(tried), "files": tried[:40], "by chance": chance,
            "cpu": round(sum(os.times()[2:4]) - began, 1),
        }  # fmt: skip

    def _is_due_to(self, mutant: Mutant, path: Path, text: bytes, test: str) -> bool:
        """Return whether a far test passes without the mutant, and fails once more with it."""
        _write(path, text)
        is_sound = self.run([test])[0] == "survived"
        _write(path, mutant.applied(text))
        return is_sound and self.run([test])[0] != "survived"

    def _portions(self, files: list[str], budget: float) -> Iterator[list[str]]:
        """Cut the list where the next files are tried only if the ones before say nothing."""
        limit, some, spent = FIRST, [], 0.0
        for file in files:
            cost = self.covered.cost(file)
            if cost > budget and spent:
                continue
            if some and spent + cost > limit:
                yield some
                limit, some, spent = limit * GROWTH, [], 0.0
            some, spent, budget = [*some, file], spent + cost, budget - cost
        if some:
            yield some

    def run(self, files: list[str], without: Sequence[str] = ()) -> tuple[str, str]:
        """Return survived, caught or timeout, and what pytest said of the first failure."""
        expected = sum(self.covered.cost(file.partition("::")[0]) for file in files)
        failing = {*self.covered.failed, *without}
        known = [f"--deselect={test}" for test in sorted(failing) if test.partition("::")[0] in files]
        command = [sys.executable, "-m", "pytest", *OPTIONS, *self.marks, *known, *files]
        environ = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        environ |= {"PYTHONPATH": str(self.folder), "COLUMNS": "400", "MUTANTS_SLOT": str(self.folder)}
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=lambda: _limit(60 + 6 * expected),
            )  # fmt: skip
            try:
                code = process.wait(timeout=PATIENCE + 10 * expected)
            except subprocess.TimeoutExpired:
                code = -signal.SIGALRM
            finally:
                self.end_all()
                process.wait()
            output.seek(0)
            lines = output.read().splitlines()
        if code in (0, 5):
            return "survived", ""
        said = [line for line in lines if line.startswith(("FAILED", "ERROR"))] or lines[-1:]
        return ("timeout" if code in (-signal.SIGALRM, -signal.SIGXCPU) else "caught"), "".join(said[:1])[:300]

    def end_all(self) -> None:
        """Kill what runs for this slot, also what began a session of its own."""
        mark = f"MUTANTS_SLOT={self.folder}".encode()
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if mark in environ.read_bytes().split(b"\0"):
                    os.kill(int(environ.parent.name), signal.SIGKILL)


def _test(said: str) -> str:
    """Return the test of a line such as `FAILED tests/test_a.py::test_b - what was wrong`."""
    return said.partition(" ")[2].partition(" - ")[0]


def _limit(seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), resource.RLIM_INFINITY))


def _write(path: Path, text: bytes) -> None:
    """Replace a file, and remove its compiled form: Python takes one of the same size and second for current."""
    path.write_bytes(text)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
