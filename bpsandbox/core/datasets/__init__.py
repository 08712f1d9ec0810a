"""Data sets, all made or carried by this package, none downloaded."""

from . import carried, functions, planar, sequences
from .dataset import Dataset
from .features import FEATURES, Features, with_features
from .gates import GATES, gate, xor_cloud
from .points import points
from .split import split
from .standardize import Scaler, fit

GENERATED = {
    "xor_cloud": xor_cloud,
    "circle": planar.circle,
    "gaussians": planar.gaussians,
    "blobs": planar.blobs,
    "spiral": planar.spiral,
    "moons": planar.moons,
    "sine": functions.sine,
    "step": functions.step,
    "abs": functions.absolute,
    "polynomial": functions.polynomial,
    "plane": functions.plane,
    "multi_gauss": functions.multi_gauss,
    "parity": sequences.parity,
    "adding": sequences.adding,
    "echo": sequences.echo,
    "sine_next": sequences.sine_next,
}
"""Each takes the `data` stream and its own fields."""

CARRIED = {
    "digits": carried.digits,
    "iris": carried.iris,
    "wine": carried.wine,
    "breast_cancer": carried.breast_cancer,
}

__all__ = [
    "CARRIED",
    "FEATURES",
    "GATES",
    "GENERATED",
    "Dataset",
    "Features",
    "Scaler",
    "fit",
    "gate",
    "points",
    "split",
    "with_features",
]
