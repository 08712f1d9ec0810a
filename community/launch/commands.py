"""Other commands: tests, lint, screenshots, benchmarks, and Django's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from community.launch.environment import BASE_PYTHON, Environment, environment, report
from community.launch.paths import ROOT
from community.launch.stop import Stop

BENCHES = ROOT / "bench"
SITE_MARK, TESTS_MARK = "# runs in: site", "# runs in: tests"


def manage(arguments: list[str]) -> int:
    """Exec `manage.py` in the site's environment; paths stay relative to the current directory."""
    python = environment("venv", ROOT / "requirements.txt").ensure()
    os.execv(python, [str(python), str(ROOT / "manage.py"), *arguments])


def test(arguments: list[str]) -> int:
    """Exec the tests' own command line (tests/circles)."""
    python = _with_development_tools()
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", "tests.circles", *arguments])


def lint(arguments: list[str]) -> int:
    """Run every source check even after a failure; return 1 if any failed."""
    if arguments:
        raise Stop("./run lint takes no arguments.", 2)
    python = _with_development_tools()
    os.chdir(ROOT)
    tools = str(python.parent)
    checks = {
        "ruff": [f"{tools}/ruff", "check", "."],
        "format": [f"{tools}/ruff", "format", "--check", "."],
        "templates": [f"{tools}/djade", "--check", "--target-version", "6.1", *_templates()],
        "indentation": [f"{tools}/djhtml", "--check", "--tabwidth", "2", *_templates()],
        "imports": [f"{tools}/lint-imports", "--no-cache"],
        "types": [f"{tools}/mypy", "community", "bpsandbox"],
        "migrations": [str(python), "manage.py", "makemigrations", "--check", "--dry-run"],
        "shell": ["sh", "-n", "run"],
    }
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    report(f"lint: {', '.join(failed)} failed" if failed else "lint: all clean")
    return 1 if failed else 0


def _templates() -> list[str]:
    return sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))


def shots(arguments: list[str]) -> int:
    """Exec the screenshot script for all page types."""
    python = _with_development_tools()
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", "tests.shots", *arguments])


def bench(arguments: list[str]) -> int:
    """Exec a benchmark: the engine's in a separate environment, the site's in the site's or the tests'."""
    names = sorted(path.stem for path in BENCHES.glob("*.py") if not path.stem.startswith("_"))
    if not arguments or arguments[0] not in names:
        raise Stop(f"Name a benchmark: ./run bench {{{','.join(names)}}}.", 2)
    name, *rest = arguments
    python = _bench_python(name)
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", f"bench.{name}", *rest])


def _bench_python(name: str) -> Path:
    head = (BENCHES / f"{name}.py").read_text(encoding="utf-8")[:2000]
    if TESTS_MARK in head:
        return _with_development_tools()
    if SITE_MARK in head:
        return environment("venv", ROOT / "requirements.txt").ensure()
    base = os.environ.get("BENCH_PYTHON") or _first_that_runs("python3.11") or BASE_PYTHON
    if shutil.which(base) is None:
        raise Stop(f"BENCH_PYTHON is {base}, which is no program; name a Python or unset it.")
    folder, requirements = "bench-venv", [BENCHES / "requirements.txt"]
    if name == "twins":
        folder, requirements = "twins-venv", [*requirements, BENCHES / "requirements-twins.txt"]
    return Environment(folder, tuple(requirements), shutil.which(base) or base).ensure()


def _first_that_runs(name: str) -> str | None:
    """Return the first working program of that name on PATH, skipping broken shims."""
    for folder in os.get_exec_path():
        path = shutil.which(name, path=folder)
        if path and subprocess.run([path, "-c", ""], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0:
            return path
    return None


def _with_development_tools() -> Path:
    requirements = (ROOT / "requirements-dev.txt", ROOT / "requirements-s3.txt", ROOT / "requirements.txt")
    return environment("test-venv", *requirements).ensure()


def _passes(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stdout, stderr=sys.stderr).returncode == 0
