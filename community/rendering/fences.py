"""Fenced blocks rendered by functions, which are named by dotted paths and run in the child."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from .context import Facts
from .highlighting import block
from .islands import BlockIsland
from .sanitizer import sanitize_embed

type Fence = Callable[[str, int], tuple[str, Sequence[Facts], Sequence[Any]]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Embedded:
    """The results of a text's fences, in order, and their problems as dictionaries."""

    found: list[Facts] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


@cache
def resolve(path: str) -> Fence:
    module, _dot, name = path.rpartition(".")
    return getattr(import_module(module), name)


def show_fence(path: str, island: BlockIsland, embedded: Embedded) -> str:
    """Return an embed's sanitised HTML. If the function fails, the block stays code, so that no text is lost."""
    try:
        html, found, problems = resolve(path)(island.code, island.line)
    except Exception:
        log.exception("The fence function %s failed", path)
        return block(island.code, island.language, island.title)
    embedded.found.extend(found)
    embedded.problems.extend(each if isinstance(each, dict) else each.as_dict() for each in problems)
    return sanitize_embed(html)
