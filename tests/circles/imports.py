"""Which files of ours a file imports, read from the source without running it."""

import ast
from functools import cache
from pathlib import Path

from community.launch.paths import ROOT

PACKAGES = ("bench", "bpsandbox", "community", "tests")


@cache
def imports(path: Path) -> frozenset[Path]:
    """Return the files that a file imports by itself, the packages around them too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            base = ".".join([*around, *([node.module] if node.module else [])])
            names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    parts = {tuple(name.split(".")[:end]) for name in names for end in range(1, name.count(".") + 2)}
    found = {file for each in parts if each[0] in PACKAGES for file in _files(ROOT.joinpath(*each))}
    return frozenset(found - {path})


def reached(path: Path) -> set[Path]:
    """Return the file, those that it imports, and those that these import."""
    seen, waiting = {path}, [path]
    while waiting:
        new = imports(waiting.pop()) - seen
        seen |= new
        waiting += new
    return seen


def _files(module: Path) -> list[Path]:
    return [file for file in (module.with_suffix(".py"), module / "__init__.py") if file.is_file()]
