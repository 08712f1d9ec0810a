"""Layers of a model."""

from __future__ import annotations

from bpsandbox.messages import N_
from bpsandbox.spec.kinds import Flag, Integer, ListOf, Number
from bpsandbox.spec.records import Field, Record, Variant

from . import activation
from .initialisation import BIAS_INIT, INIT

LINEAR = Record(
    {
        "out_features": Field(Integer(1), doc="Number of outputs."),
        "in_features": Field(Integer(1), None, "Number of inputs; found out when it is not written."),
        "bias": Field(Flag(), True),
        "activation": Field(activation.ACTIVATION, None, "Applied to the layer's outputs."),
        "init": Field(INIT, None, "Start of the weight; else the model's `init`, else chosen by the activation."),
        "bias_init": Field(BIAS_INIT, None, "Start of the bias; else the model's `bias_init`, else zeros."),
        "trainable": Field(Flag(), True, "false keeps the layer as it began."),
        "lr": Field(Number(0.0), None, "A learning rate of the layer's own."),
    },
    {
        "units": "out_features",
        "kernel_initializer": "init",
        "bias_initializer": "bias_init",
        "use_bias": "bias",
        "learning_rate": "lr",
    },
)

ALIASES = {"Dense": "Linear", "fc": "Linear", "FullyConnected": "Linear"}

_SOON = N_("it comes with convolutional networks")
_SEQUENCES = N_("it comes with recurrent networks")
_NORMS = N_("it comes with normalisation and dropout")
LATER = {
    "Conv2d": _SOON,
    "MaxPool2d": _SOON,
    "AvgPool2d": _SOON,
    "Reshape": _SOON,
    "RNN": _SEQUENCES,
    "LSTM": _SEQUENCES,
    "GRU": _SEQUENCES,
    "Embedding": _SEQUENCES,
    "Dropout": _NORMS,
    "BatchNorm1d": _NORMS,
    "BatchNorm2d": _NORMS,
    "LayerNorm": _NORMS,
    "Add": N_("it comes with residual networks"),
}

LAYER = Variant(
    "type",
    {"Linear": LINEAR, "Flatten": Record({}), **activation.RECORDS},
    ALIASES | activation.ALIASES,
    LATER,
)
MODEL = Record({"layers": Field(ListOf(LAYER, least=1), doc="Layers, from the data to the loss.")})
