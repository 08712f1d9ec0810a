"""What each circle runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from community.launch.paths import ROOT, var
from tests.circles.choice import Choice
from tests.circles.parts import Part, pytest, spread
from tests.circles.services import POSTGRES

NEWCOMER = "not full and not services"
COMMIT = "not full"
DIFFERS = "both and not full and not services and not journey"
ALL_ON_POSTGRES = "database and not services and not journey"
SCRIPTS, LAUNCH = "tests/community/scripts", "tests/community/launch"
OTHER_ENVIRONMENT = ("tests/architecture/test_package.py", "tests/community/launch/test_environment.py")


def commit_stage(choice: Choice, services: dict[str, str]) -> list[Part]:
    """Return the parts that every change passes before it lands."""
    left_out = [f"--ignore={path}" for path in choice.left_out]
    return [
        Part("Lint", ["./run", "lint"], is_beside=True),
        Part("SQLite", pytest("-q", "-m", COMMIT, *left_out), services),
        Part("PostgreSQL and Redis", pytest("-q", "-m", DIFFERS, *left_out), _on_postgres(services)),
    ]


def everything(services: dict[str, str], why_not: str) -> list[Part]:
    """Return all parts; without services, whole sites and the other database are left out with that sentence."""
    return [
        Part("Lint", ["./run", "lint"], is_beside=True),
        _other_environment(),
        _bench("Live oracles", "oracles"),
        _bench("Live twins", "oracles", "--twins"),
        _whole("Sandbox", services, "tests/bpsandbox"),
        _whole("Architecture", services, "tests/architecture", "tests/bench"),
        _whole("Site", services, "tests/community", *(f"--ignore={folder}" for folder in (SCRIPTS, LAUNCH))),
        _whole("Scripts", services, SCRIPTS),
        _whole("Whole sites", services, "tests/journeys", "tests/faults", LAUNCH),
        Part(
            "PostgreSQL and Redis", pytest("-q", "-m", ALL_ON_POSTGRES), _on_postgres(services), left_out=why_not
        ),
    ]  # fmt: skip


def _whole(name: str, services: dict[str, str], *arguments: str) -> Part:
    return Part(name, pytest("-q", *arguments), services)


def _on_postgres(services: dict[str, str]) -> dict[str, str | None]:
    return {**services, "CHAINRULE_TEST_DATABASE_URL": services.get(POSTGRES)}


def _other_environment() -> Part:
    """Make the environment with uv where it is usually made without, and the other way round."""
    name = "The environment made the other way"
    uv = os.environ.get("CHAINRULE_TEST_UV") or shutil.which("uv")
    if not uv:
        return Part(name, [], is_beside=True, left_out="There is no uv; name one in CHAINRULE_TEST_UV.")
    folders = os.get_exec_path()
    without = [folder for folder in folders if not (Path(folder) / "uv").exists()]
    path = os.pathsep.join(without if shutil.which("uv") else [*folders, str(Path(uv).parent)])
    environ = {"PATH": path, "CHAINRULE_VENV": None, "CHAINRULE_VAR": str(var() / "tests" / "other-environment")}
    return Part(name, ["./run", "test", "-q", "-n", "0", *OTHER_ENVIRONMENT], environ, is_beside=True)


def _bench(name: str, *arguments: str) -> Part:
    """PyTorch's wheel is far smaller for Python 3.11 than for later ones, so it is installed nowhere else."""
    found = _runs("python3.11", "-c", "import ensurepip, venv")
    why_not = "" if found else "There is no python3.11 that can make an environment; recorded files were compared."
    return Part(name, ["./run", "bench", *arguments], is_beside=True, left_out=why_not)


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, cwd=ROOT).returncode == 0
    except OSError:
        return False


def newcomers(arguments: list[str]) -> list[str]:
    """Return the command for `./run test` with arguments of pytest: what is named is run whole, in whatever circle."""
    named = [word for word in arguments if not word.startswith("-") and (ROOT / word.partition("::")[0]).exists()]
    command = [sys.executable, "-m", "pytest"]
    if not named and not any(word.startswith("-m") for word in arguments):
        command += ["-m", NEWCOMER]
    if not any(word == "-n" or word.startswith(("-n", "--numprocesses", "--pdb", "no:xdist")) for word in arguments):
        is_one_file = len(named) == 1 and (ROOT / named[0].partition("::")[0]).is_file()
        command += [] if is_one_file else spread()
    return [*command, *arguments]
