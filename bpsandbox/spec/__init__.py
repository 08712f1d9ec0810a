"""The config language: from a text to a spec that can run, to its price, to the objects that train.

spec = parse(text)          # raises InvalidConfig with every problem at once
cost = price(spec)
problems = limits.check(cost, limits.Caps())
experiment = build(spec)
"""

from . import limits, presets
from .build import build
from .checking import read_once
from .cost import Price, price
from .limits import Caps
from .problems import InvalidConfig, NotParsed, Problem
from .shortest import shortest
from .spec import Spec, parse

__all__ = [
    "Caps",
    "InvalidConfig",
    "NotParsed",
    "Price",
    "Problem",
    "Spec",
    "build",
    "limits",
    "parse",
    "presets",
    "price",
    "read_once",
    "shortest",
]
