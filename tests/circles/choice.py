"""What a change can reach, read from the import contracts in pyproject.toml.

A contract that keeps code A from importing code B also says that a change of B cannot alter a test of A. What no rule
below knows is taken to reach everything.
"""

import re
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from community.launch.paths import ROOT
from tests.circles.imports import reached

ENGINE_KNOWS_NO_DJANGO = "What runs in a notebook and in a child process knows no Django"
SITE_WITHOUT_SANDBOX = "Only experiments and api use the sandbox"
ENGINE_FILES = (
    "bpsandbox/messages.py", "bpsandbox/numbers.py", "bpsandbox/locale/", "docs/config", "docs/result.md",
    "bench/doctor_configs/",
)  # fmt: skip
"""What the engine and its tests read besides its packages."""
SITE_FILES = ("community/", "bpsandbox/", "templates/", "tests/", "docs/tutorial.md", "docs/client.py")
WORDS = ("docs/", "bench/", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore")
EVERYTHING = ("community/launch/", "tests/circles/", "tests/factories/", "bpsandbox/__init__.py")
HELPER = re.compile(r"tests/(bpsandbox/)?(?!test_)\w+\.py")
"""What tests of several folders import."""
WITHOUT_DOCUMENTS = ("tests/bpsandbox", "tests/community", "tests/faults", "tests/journeys")
"""Tests that no words reach but those named above."""
RUN_JOURNEYS = ("test_forks.py", "test_playground.py", "test_worked_steps.py")


@dataclass(frozen=True)
class Choice:
    """The folders and files of tests to leave out, and what is left, in a few words."""

    left_out: tuple[str, ...]
    left: str


@cache
def contract(name: str) -> dict:
    """Return an import contract. Raises StopIteration for a name that pyproject.toml has not."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return next(each for each in settings["tool"]["importlinter"]["contracts"] if each["name"] == name)


def engine_rooms() -> list[str]:
    """Return the packages that no change outside them can alter, such as `core`."""
    sources = contract(ENGINE_KNOWS_NO_DJANGO)["source_modules"]
    return [name.partition(".")[2] for name in sources if name.startswith("bpsandbox.")]


def site_rooms() -> list[str]:
    """Return the site's packages that do not use the sandbox, such as `forum`."""
    return [name.partition(".")[2] for name in contract(SITE_WITHOUT_SANDBOX)["source_modules"]]


@cache
def engine_folders() -> list[str]:
    """Return the engine's packages and the folders of their tests."""
    rooms = engine_rooms()
    tests = [f"tests/bpsandbox/{name}" for name in (*rooms, "doctor", "golden", "oracles", "wrong_cores")]
    return [f"bpsandbox/{room}" for room in rooms] + [folder for folder in tests if (ROOT / folder).is_dir()]


def engine_tests() -> list[str]:
    """Return the files of tests in these folders that import nothing of the site, neither directly nor by others."""
    folders = [ROOT / folder for folder in engine_folders() if folder.startswith("tests/")]
    files = sorted(path for folder in folders for path in folder.rglob("test_*.py"))
    return [_relative(path) for path in files if not any(side_of(_relative(each)) == "site" for each in reached(path))]


def side_of(path: str) -> str:
    """Return where a changed file belongs: "engine", "site", "words" or "everything"."""
    if path.startswith((*(f"{folder}/" for folder in engine_folders()), *ENGINE_FILES)):
        return "engine"
    if HELPER.fullmatch(path) or path.startswith(EVERYTHING):
        return "everything"
    if path.startswith(SITE_FILES):
        return "site"
    return "words" if path.startswith(WORDS) else "everything"


def choose(changed: list[str] | None) -> Choice:
    """Choose for the paths of a change; None means that nobody knows what has changed."""
    sides = {"everything"} if changed is None else {side_of(path) for path in changed}
    if "everything" in sides or {"engine", "site"} <= sides:
        return Choice((), "every test: the change can reach all of them")
    if "site" in sides:
        return Choice(tuple(engine_tests()), "all but the engine's own tests, which import nothing that has changed")
    if "engine" in sides:
        return Choice(_without_the_sandbox(), "all but rooms and journeys of the site that do not use the sandbox")
    return Choice(WITHOUT_DOCUMENTS, "what compares documents with the code: no code has changed")


def _without_the_sandbox() -> tuple[str, ...]:
    rooms = [ROOT / "tests/community" / room for room in site_rooms()]
    journeys = [path for path in (ROOT / "tests/journeys").glob("test_*.py") if path.name not in RUN_JOURNEYS]
    return tuple(sorted(_relative(path) for path in rooms + journeys if path.exists()))


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def changed_since(commit: str) -> list[str] | None:
    """Return what differs from a commit, uncommitted and new files too; None if the repository does not know it."""
    differs = _git("diff", "--name-only", "--no-renames", commit, "--")
    new = _git("ls-files", "--others", "--exclude-standard")
    return None if differs is None or new is None else sorted({*differs, *new})


def _git(*arguments: str) -> list[str] | None:
    command = ["git", "-c", "core.quotepath=off", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else None
