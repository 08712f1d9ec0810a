"""Which test files could notice a mutant, and whether one does."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bench.mutation.drawing import Mutant

UNKNOWN = 5.0
"""CPU seconds that a file which is not in the map is taken to cost."""
FIRST, GROWTH = 12.0, 4.0
"""CPU seconds of the files that are tried first together, and how much more the next ones may cost."""
PATIENCE = 600.0
"""Seconds that a few files may take beyond their CPU time, on a busy machine."""


@dataclass
class Covered:
    """The map of a tree: what each test file runs and costs, and what fails in it without a mutant."""

    lines: dict[str, dict[str, set[int]]]
    own: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    children: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failed: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, folder: Path, root: Path) -> Covered:
        tests = (path.relative_to(root).as_posix() for path in (root / "tests").rglob("test_*.py"))
        found = cls({test: defaultdict(set) for test in sorted(tests)})
        for entry in (json.loads(line) for path in folder.glob("lines-*") for line in path.open()):
            for path, lines in entry["lines"].items() if entry["file"] in found.lines else ():
                found.lines[entry["file"]][path].update(lines)
        for line in (line for path in folder.glob("cost-*") for line in path.open()):
            test, own, children, *_ = line.split("\t")
            found.own[test.partition("::")[0]] += float(own)
            found.children[test.partition("::")[0]] += float(children)
        found.failed = {line.strip() for path in folder.glob("failed-*") for line in path.open()}
        return found

    def cost(self, file: str) -> float:
        return 0.2 + self.own[file] + self.children[file] if self.lines[file] else UNKNOWN

    def reaching(self, mutant: Mutant) -> list[str]:
        """Return the test files that run the mutant's lines: near ones first, then cheap ones."""
        files = [name for name, of in self.lines.items() if not of.get(mutant.file, set()).isdisjoint(mutant.lines)]
        return sorted(files, key=lambda file: (-_nearness(file, mutant), self.cost(file)))

    def others(self, mutant: Mutant) -> list[str]:
        """Return the files that may notice all the same, such as in child processes: near ones, then of its module."""

        def distance(file: str) -> tuple[bool, bool, int, float]:
            near, unknown = _nearness(file, mutant), not self.lines[file]
            module = unknown or mutant.file in self.lines[file]
            return not (module and near > 1), not (module or near > 1), -near, self.cost(file)

        return sorted(self.lines.keys() - set(self.reaching(mutant)), key=distance)


def _nearness(test: str, mutant: Mutant) -> int:
    """Count the folders that a test has in common with the code; a file that is named like it is nearest."""
    tests, code = PurePosixPath(test).parts[1:], PurePosixPath(mutant.file).with_suffix("").parts
    same = next(
        (place for place, (a, b) in enumerate(zip(tests, code, strict=False)) if a != b), min(len(tests), len(code))
    )
    return same + (PurePosixPath(test).stem.removeprefix("test_") in code)


@dataclass
class Slot:
    """A clone of the tree in which one mutant at a time is tried."""

    folder: Path
    marks: Sequence[str]
    covered: Covered

    @classmethod
    def make(cls, folder: Path, root: Path, marks: Sequence[str], covered: Covered) -> Slot:
        """Clone the last commit; what tests keep below var/ stays from the time before."""
        if not folder.exists():
            subprocess.run(["git", "clone", "-q", "--shared", str(root), str(folder)], check=True)
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True)
        for command in (["fetch", "-q"], ["reset", "-q", "--hard", head.stdout.strip()]):
            subprocess.run(["git", *command], cwd=folder, check=True)
        return cls(folder, marks, covered)

    def judge(self, mutant: Mutant, budget: float) -> dict:
        """Run tests until one fails or the budget in CPU seconds is spent, first those that run the line."""
        path = self.folder / mutant.file
        text = path.read_bytes()
        reaching = self.covered.reaching(mutant)
        files = reaching + self.covered.others(mutant)
        began, tried = _seconds(), []
        try:
            path.write_bytes(mutant.applied(text))
            for some in self._portions(files, budget):
                _forget(path)
                tried += some
                outcome, said = self.run(some)
                if outcome != "passed":
                    break
        finally:
            path.write_bytes(text)
            _forget(path)
        return {
            "outcome": "survived" if outcome == "passed" else outcome, "by": said, "tried": len(tried),
            "reaching": len(reaching), "all reaching": set(reaching) <= set(tried), "files": tried[:40],
            "cpu": round(_seconds() - began, 1),
        }  # fmt: skip

    def _portions(self, files: list[str], budget: float) -> Iterator[list[str]]:
        """Cut the list where the next files are tried only if the ones before say nothing."""
        limit, spent, some, all_spent = FIRST, 0.0, [], 0.0
        for file in files:
            cost = self.covered.cost(file)
            if all_spent + cost > budget and all_spent:
                continue
            if some and spent + cost > limit:
                yield some
                limit, spent, some = limit * GROWTH, 0.0, []
            some, spent, all_spent = [*some, file], spent + cost, all_spent + cost
        if some:
            yield some

    def run(self, files: list[str]) -> tuple[str, str]:
        """Return passed, caught or timeout, and what pytest said of the first failure."""
        expected = sum(map(self.covered.cost, files))
        known = [f"--deselect={test}" for test in sorted(self.covered.failed) if test.partition("::")[0] in files]
        options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no", "--no-header"]
        environ = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        environ |= {"PYTHONPATH": str(self.folder), "COLUMNS": "400", "MUTANTS_SLOT": str(self.folder)}
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *self.marks, *known, *files], cwd=self.folder, env=environ,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, preexec_fn=lambda: _limit(60 + 6 * expected),
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=PATIENCE + 10 * expected)
        except subprocess.TimeoutExpired:
            return "timeout", "seconds"
        finally:
            self._end_all(process)
        if -process.returncode in (signal.SIGXCPU, signal.SIGKILL):
            return "timeout", "CPU seconds"
        said = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))] or output.splitlines()
        return ("passed", "") if process.returncode in (0, 5) else ("caught", "".join(said[:1])[:300])

    def _end_all(self, process: subprocess.Popen) -> None:
        """Kill what is left, also what began a session of its own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        mark = f"MUTANTS_SLOT={self.folder}".encode()
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if mark in environ.read_bytes().split(b"\0"):
                    os.kill(int(environ.parent.name), signal.SIGKILL)
        process.wait()


def _limit(seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), resource.RLIM_INFINITY))


def _seconds() -> float:
    return sum(os.times()[2:4])


def _forget(path: Path) -> None:
    """Remove compiled forms: Python takes one for current when size and second are the same."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
