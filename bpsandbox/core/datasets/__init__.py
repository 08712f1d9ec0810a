"""Data sets, all made or carried by this package, none downloaded."""

from .catalogue import SETS, Known
from .dataset import Dataset
from .features import FEATURES, Features, with_features
from .gates import GATES, gate
from .points import points
from .split import split
from .standardize import Scaler, fit
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
