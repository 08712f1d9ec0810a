"""Make a draft from the tree of a config: read values, apply `compat`, and check all rules."""

from __future__ import annotations

from . import compat, shapes
from .draft import Draft
from .facts import facts_of
from .language import CONFIG
from .nodes import Mapping
from .problems import Log
from .rules import RULES


def checked(tree: Mapping, log: Log) -> Draft:
    """Read the values of a config and check every rule."""
    values = CONFIG.read(tree, (), log)
    compat.choose(values, log)
    draft = Draft(values, log, facts_of(values["dataset"]))
    shapes.infer_shapes(draft)
    for rule in RULES:
        rule(draft)
    return draft
