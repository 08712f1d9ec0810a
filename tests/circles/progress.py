"""Parts that have passed on this tree, so that an interrupted run of everything can go on."""

import hashlib
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from community.launch.paths import ROOT, var
from tests.circles.parts import Result


def _file() -> Path:
    return var() / "tests" / "passed.json"


def passed() -> list[Result]:
    """Return the results of parts that passed on this tree; none if a file has changed since."""
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [Result(**each) for each in kept["results"]] if kept["tree"] == tree() else []


def tree() -> str:
    """Return a digest of the commit and of what differs from it, without the page that runs are noted in."""
    found = hashlib.sha256()
    for command in (
        ["git", "rev-parse", "HEAD"],
        ["git", "diff", "HEAD", "--", ".", ":!docs/tests.md"],
        ["git", "ls-files", "--others", "--exclude-standard"],
    ):
        found.update(subprocess.run(command, cwd=ROOT, capture_output=True).stdout)
    return found.hexdigest()


def keeper(before: Sequence[Result]) -> Callable[[Result], None]:
    """Return a function that adds each part that has passed to those before."""
    of_tree, kept = tree(), list(before)

    def keep(result: Result) -> None:
        if result.is_green and not result.note:
            kept.append(result)
            _file().parent.mkdir(parents=True, exist_ok=True)
            _file().write_text(json.dumps({"tree": of_tree, "results": [asdict(each) for each in kept]}))

    return keep
