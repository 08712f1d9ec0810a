"""Draw what a run recorded as SVG, by hand and without Django.

Every drawing carries a title and a description, follows light and dark by custom properties
(`--forward`, `--backward`, `--ink`, `--soft`, `--line`, `--surface`) and asks for no script.
"""

from .boundary import boundary
from .curve import curve
from .data import data_picture
from .facts import Facts, facts
from .network import network
from .numbers import grouped, short
from .reading import readings
from .seeds import SeedTable, seed_table
from .series import curve_names, series
from .table import Table, curve_table
from .words import curve_title

__all__ = [
    "Facts",
    "SeedTable",
    "Table",
    "boundary",
    "curve",
    "curve_names",
    "curve_table",
    "curve_title",
    "data_picture",
    "facts",
    "grouped",
    "network",
    "readings",
    "seed_table",
    "series",
    "short",
]
