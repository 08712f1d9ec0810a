"""Losses with PyTorch's names and definitions. The docstring of each says what is averaged."""

from .base import Loss
from .binary import BCELoss, BCEWithLogitsLoss
from .cross_entropy import CrossEntropyLoss, CrossEntropyOfProbabilities
from .distance import HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from .hinge import HingeLoss, MultiClassHingeLoss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "CrossEntropyOfProbabilities",
    "HingeLoss",
    "HuberLoss",
    "L1Loss",
    "Loss",
    "MSELoss",
    "MultiClassHingeLoss",
    "SmoothL1Loss",
]
