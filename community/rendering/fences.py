"""Fenced blocks that become something else: the function of each is named by a dotted path and runs in the child."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from .cleaning import sanitize_embed
from .context import Facts
from .highlighting import block
from .islands import BlockIsland

type Fence = Callable[[str, int], tuple[str, Sequence[Facts], Sequence[Any]]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Embedded:
    """What all fences of a text gave, in order, and their problems as dictionaries."""

    found: list[Facts] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


@cache
def resolve(path: str) -> Fence:
    module, _dot, name = path.rpartition(".")
    return getattr(import_module(module), name)


def show_fence(path: str, island: BlockIsland, embedded: Embedded) -> str:
    """Return an embed's HTML, cleaned. A function that fails leaves the block as code: a text is never lost for it."""
    try:
        html, found, problems = resolve(path)(island.code, island.line)
    except Exception:
        log.exception("The fence function %s failed", path)
        return block(island.code, island.language, island.title)
    embedded.found.extend(found)
    embedded.problems.extend(each if isinstance(each, dict) else each.as_dict() for each in problems)
    return sanitize_embed(html)
