"""Draw the records of a run as SVG, without a plotting library and without Django.

Every drawing has a title and a description, follows the light or dark theme by custom properties
(`--forward`, `--backward`, `--ink`, `--soft`, `--line`, `--surface`) and needs no script.
"""

from bpsandbox.numbers import grouped, short

from .boundary import boundary
from .confusion import Confusion, confusion
from .curve import curve, summary_spark
from .data import data_picture
from .facts import Facts, facts
from .kernels import WeightPicture, kernels
from .network import network
from .reading import readings
from .records import Picture, activation_pictures, gradient_norms, learning_rate
from .seeds import SeedTable, seed_table
from .series import curve_names, series
from .settings import Setting, best_setting, headings, settings, shown
from .statistics import Statistics, statistics
from .table import Table, curve_table
from .words import curve_title

__all__ = [
    "Confusion",
    "Facts",
    "Picture",
    "SeedTable",
    "Setting",
    "Statistics",
    "Table",
    "WeightPicture",
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
