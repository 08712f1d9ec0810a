"""Data sets, all made or carried by this package, none downloaded."""

from bpsandbox.core.data.features import FEATURES, Features, with_features
from bpsandbox.core.data.split import split
from bpsandbox.core.data.standardize import Scaler, fit

from .catalogue import SETS, Known
from .dataset import Dataset
from .gates import GATES, gate
from .points import points
from .summary import Summary, summary

__all__ = [
    "FEATURES",
    "GATES",
    "SETS",
    "Dataset",
    "Features",
    "Known",
    "Scaler",
    "Summary",
    "fit",
    "gate",
    "points",
    "split",
    "summary",
    "with_features",
]
