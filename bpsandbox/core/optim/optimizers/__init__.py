"""Optimisers with PyTorch's names, defaults and meanings, each a few vector expressions."""

from .adam import Adam, Adamax, AdamW, NAdam
from .adaptive import Adadelta, Adagrad, RMSprop
from .base import Closure, Optimizer
from .lbfgs import LBFGS
from .lion import Lion
from .sgd import SGD

OPTIMIZERS = {cls.__name__: cls for cls in (SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, NAdam, Adamax, Lion, LBFGS)}

__all__ = [
    "LBFGS",
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Closure",
    "Lion",
    "NAdam",
    "Optimizer",
    "RMSprop",
]
