"""Source of functions and classes for scripts, taken from the modules of this package, which are not imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple


class Definition(NamedTuple):
    """A definition of a module: its source, the names in it, and whether it is a function or class."""

    text: str
    names: frozenset[str]
    is_block: bool


def source(library: str, names: Iterable[str]) -> str:
    """Return the source of some definitions of a module and of all they use, in the order of the module."""
    known = definitions(library)
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += known[name].names & known.keys()
    parts: list[Definition] = [known[name] for name in known if name in wanted]
    text = ""
    for before, part in zip([None, *parts], parts, strict=False):
        gap = "" if before is None else "\n\n" if before.is_block or part.is_block else ""
        text += f"{gap}{part.text}\n"
    return text


@cache
def definitions(library: str) -> dict[str, Definition]:
    """Return the definitions of a module by name."""
    text = resources.files(__package__).joinpath(f"{library}.py").read_text(encoding="utf-8")
    return dict(_definitions(text))


def _definitions(text: str) -> Iterator[tuple[str, Definition]]:
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = node.name
        else:
            continue
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        written = "\n".join(lines[first - 1 : node.end_lineno]).split("  # noqa")[0]
        used = frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name)) - {name}
        yield name, Definition(written, used, not isinstance(node, ast.Assign))
