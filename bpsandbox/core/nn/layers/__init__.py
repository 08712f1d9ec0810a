"""Layers: a forward rule and its derivative, side by side."""

from .add import Add
from .base import Layer, parameter_count
from .batch_norm import BatchNorm1d, BatchNorm2d
from .conv2d import Conv2d
from .dropout import Dropout
from .embedding import Embedding
from .layer_norm import LayerNorm
from .linear import Linear
from .pools import AvgPool2d, MaxPool2d
from .recurrent import GRU, LSTM, RNN
from .reshape import Flatten, Reshape

LAYERS: dict[str, type[Layer]] = {
    cls.name: cls
    for cls in (
        Linear,
        Conv2d,
        MaxPool2d,
        AvgPool2d,
        Flatten,
        Reshape,
        Dropout,
        BatchNorm1d,
        BatchNorm2d,
        LayerNorm,
        RNN,
        LSTM,
        GRU,
        Embedding,
        Add,
    )
}
"""Layers by their names in a config. Activations are in a separate table."""

__all__ = [
    "GRU",
    "LAYERS",
    "LSTM",
    "RNN",
    "Add",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "Reshape",
    "parameter_count",
]
