"""Detection of formulas that need no rewriting, which is most of them."""

from __future__ import annotations

import re

from community.rendering.limits import FORMULA_DEPTH
from community.rendering.math import bridges

from .handlers import HANDLERS
from .shared import SharedState

_COMMAND = re.compile(r"\\[A-Za-z]+")
_SPECIAL = re.compile(
    r"\\\\|\\\n|\\[A-Za-z]+\*|[&%$]|\^\s*\{'|\^\s*\{\\prime" + f"|[{''.join(bridges.CHARACTERS)}]",
)
_CONCERNS = frozenset(
    {name for name in HANDLERS if len(name) > 1} - {r"\left", r"\right"}
    | bridges.SYNONYMS.keys()
    | bridges.SILENT
    | bridges.KEEP_SECOND
    | bridges.KEEP_ONLY
    | bridges.DROP_ARGUMENT
    | bridges.TEXT
)


def needs_nothing(latex: str, shared: SharedState) -> bool:
    """Return whether rewriting would change nothing."""
    if latex.count("{") + latex.count(r"\left") > FORMULA_DEPTH or _SPECIAL.search(latex):
        return False
    return _CONCERNS.isdisjoint(commands := set(_COMMAND.findall(latex))) and shared.macros.keys().isdisjoint(commands)
