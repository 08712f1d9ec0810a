"""From the tree of a config to a draft: values as read, what a library's meanings add, and all problems in the log."""

from __future__ import annotations

from . import compat, shapes
from .draft import Draft
from .facts import facts_of
from .language import CONFIG
from .nodes import Mapping
from .problems import Log
from .rules import RULES


def judged(tree: Mapping, log: Log) -> Draft:
    """Read a config's values and hold every rule against them."""
    values = CONFIG.read(tree, (), log)
    compat.choose(values, log)
    draft = Draft(values, log, facts_of(values["dataset"]))
    shapes.infer_shapes(draft)
    for rule in RULES:
        rule(draft)
    return draft
