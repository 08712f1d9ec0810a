"""The last runs of the commit stage and of everything, kept in docs/tests.md.

A test that failed beside others and passed alone is named in its run's row. A name that stands in two of the last ten
rows is a failure of its own (ADR 68).
"""

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from community.launch.paths import ROOT

PAGE = ROOT / "docs" / "tests.md"
KEPT_ROWS = 10
ROW = re.compile(r"^\| (\d{4}-\d\d-\d\d) \| ([\w+]+) \| (commit|all) \| (green|red) \| (\d+) \| (.*) \|$", re.MULTILINE)
NOBODY = "–"


@dataclass(frozen=True)
class Outcome:
    """A run of a circle: the names in `starved` passed only alone."""

    date: str
    commit: str
    circle: str
    is_green: bool
    minutes: int
    starved: tuple[str, ...] = ()

    def row(self) -> str:
        names = "<br>".join(f"`{name}`" for name in self.starved) or NOBODY
        word = "green" if self.is_green else "red"
        return f"| {self.date} | {self.commit} | {self.circle} | {word} | {self.minutes} | {names} |"


def outcomes(page: str) -> list[Outcome]:
    """Return the rows of the page, the newest first."""
    return [
        Outcome(date, commit, circle, word == "green", int(minutes), tuple(re.findall(r"`(.+?)`", names)))
        for date, commit, circle, word, minutes, names in ROW.findall(page)
    ]


def with_row(page: str, new: Outcome) -> str:
    """Return the page with a run more, and no more than the last ten. A page without the table gets no row."""
    head, rule, rows = page.partition("| --- | --- | --- | --- | --- | --- |\n")
    kept = [each.row() for each in [new, *outcomes(rows)][:KEPT_ROWS]]
    return head + rule + "\n".join(kept) + "\n" if rule else page


def seen_twice(page: str) -> list[str]:
    """Return the tests that passed only alone in two or more of the runs."""
    counted = Counter(name for each in outcomes(page)[:KEPT_ROWS] for name in set(each.starved))
    return sorted(name for name, count in counted.items() if count > 1)


def last_green(page: str) -> str | None:
    """Return the commit at which everything was last green."""
    return next((each.commit for each in outcomes(page) if each.circle == "all" and each.is_green), None)


def read(page: Path = PAGE) -> str:
    return page.read_text(encoding="utf-8") if page.exists() else ""


def note(circle: str, *, is_green: bool, minutes: int, starved: tuple[str, ...], page: Path = PAGE) -> str:
    """Write a run into the page and return its row, which a run in another clone has to be copied from."""
    new = Outcome(datetime.now(UTC).date().isoformat(), commit(), circle, is_green, minutes, starved)
    page.write_text(with_row(read(page), new), encoding="utf-8")
    return new.row()


def commit() -> str:
    """Return the commit, with a "+" if something else than this page differs from it: nobody can go back to that."""
    changes = _git("status", "--porcelain", "--", ".", f":!{PAGE.relative_to(ROOT)}")
    return (_git("rev-parse", "--short=12", "HEAD") or "unknown") + ("+" if changes else "")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()
