"""Draw the records of a run as SVG, without a plotting library and without Django.

Every drawing has a title and a description, follows the light or dark theme by custom properties
(`--forward`, `--backward`, `--ink`, `--soft`, `--line`, `--surface`) and needs no script.
"""

from bpsandbox.numbers import grouped, short

from .answers import Answers, Spend, free
from .before import Before, before
from .boundary import boundary
from .confusion import Confusion, confusion
from .coordinates import Parallel, parallel
from .curve import curve, span, summary_spark
from .data import DataKey, data_keys, data_picture
from .data.reading import data_spots
from .data.thumb import thumb
from .facts import Facts, facts
from .glyphs import Glyph, mistakes, salient
from .growing import growing
from .kernels import WeightPicture, kernels
from .lines import Hideable, lines_of
from .look import PLAIN, SMOOTHINGS, Look, look_of
from .lr_range import lr_range
from .lr_range import words_of as lr_range_words
from .moments import timeline
from .named import Named, named_pictures
from .network import network
from .of_setting import of_setting
from .overlay import Overlaid, leaving, overlay, overlay_readings, overlay_span, overlay_table
from .reading import readings
from .records import Picture, activation_pictures, gradient_norms, learning_rate
from .seeds import SeedTable, seed_table
from .series import companions_of, counts_steps, curve_names, series
from .settings import Setting, best_setting, headings, settings, shown
from .several import hue
from .sketch import Sketch, sketch
from .snapshot import Key, Snapshot, View, layers_view, snapshot, swatch
from .statistics import Statistics, statistics
from .sweep import HeatMap, Multiple, Multiples, heat_map, multiples
from .table import Table, curve_table
from .tree import Node, tree
from .unread import unread
from .words import curve_title

__all__ = [
    "PLAIN",
    "SMOOTHINGS",
    "Answers",
    "Before",
    "Confusion",
    "DataKey",
    "Facts",
    "Glyph",
    "HeatMap",
    "Hideable",
    "Key",
    "Look",
    "Multiple",
    "Multiples",
    "Named",
    "Node",
    "Overlaid",
    "Parallel",
    "Picture",
    "SeedTable",
    "Setting",
    "Sketch",
    "Snapshot",
    "Spend",
    "Statistics",
    "Table",
    "View",
    "WeightPicture",
    "activation_pictures",
    "before",
    "best_setting",
    "boundary",
    "companions_of",
    "confusion",
    "counts_steps",
    "curve",
    "curve_names",
    "curve_table",
    "curve_title",
    "data_keys",
    "data_picture",
    "data_spots",
    "facts",
    "free",
    "gradient_norms",
    "grouped",
    "growing",
    "headings",
    "heat_map",
    "hue",
    "kernels",
    "layers_view",
    "learning_rate",
    "leaving",
    "lines_of",
    "look_of",
    "lr_range",
    "lr_range_words",
    "mistakes",
    "multiples",
    "named_pictures",
    "network",
    "of_setting",
    "overlay",
    "overlay_readings",
    "overlay_span",
    "overlay_table",
    "parallel",
    "readings",
    "salient",
    "seed_table",
    "series",
    "settings",
    "short",
    "shown",
    "sketch",
    "snapshot",
    "span",
    "statistics",
    "summary_spark",
    "swatch",
    "thumb",
    "timeline",
    "tree",
    "unread",
]
