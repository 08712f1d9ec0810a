"""Draw what a run recorded as SVG, by hand and without Django.

Every drawing carries a title and a description, follows light and dark by custom properties
(`--forward`, `--backward`, `--ink`, `--soft`, `--line`, `--surface`) and asks for no script.
"""

from .boundary import boundary
from .curve import curve
from .network import network
from .series import curve_names, series
from .table import Table, curve_table

__all__ = ["Table", "boundary", "curve", "curve_names", "curve_table", "network", "series"]
