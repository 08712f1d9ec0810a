"""Draw what a run recorded as SVG, by hand and without Django.

Every drawing carries a title and a description, follows light and dark by custom properties
(`--forward`, `--backward`, `--ink`, `--soft`, `--line`, `--surface`) and asks for no script.
"""

from bpsandbox.numbers import grouped, short

from .boundary import boundary
from .confusion import Confusion, confusion
from .curve import curve, summary_spark
from .data import data_picture
from .facts import Facts, facts
from .insides import Picture, activation_pictures, gradient_norms, learning_rate
from .kernels import Kept, kernels
from .network import network
from .reading import readings
from .seeds import SeedTable, seed_table
from .series import curve_names, series
from .settings import Setting, best_setting, headings, settings, shown
from .statistics import Statistics, statistics
from .table import Table, curve_table
from .words import curve_title

__all__ = [
    "Confusion",
    "Facts",
    "Kept",
    "Picture",
    "SeedTable",
    "Setting",
    "Statistics",
    "Table",
    "activation_pictures",
    "best_setting",
    "boundary",
    "confusion",
    "curve",
    "curve_names",
    "curve_table",
    "curve_title",
    "data_picture",
    "facts",
    "gradient_norms",
    "grouped",
    "headings",
    "kernels",
    "learning_rate",
    "network",
    "readings",
    "seed_table",
    "series",
    "settings",
    "short",
    "shown",
    "statistics",
    "summary_spark",
]
