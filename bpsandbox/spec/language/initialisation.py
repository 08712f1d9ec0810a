"""Initialisation of weights and biases."""

from __future__ import annotations

import math

from bpsandbox.spec.kinds import Choice, Number, Tensors
from bpsandbox.spec.records import REQUIRED, Field, Record, Variant

ALIASES = {
    "glorot_uniform": "xavier_uniform",
    "glorot_normal": "xavier_normal",
    "he_uniform": "kaiming_uniform",
    "he_normal": "kaiming_normal",
    "random_uniform": "uniform",
    "random_normal": "normal",
    "trunc_normal": "truncated_normal",
}
SUGGESTED = {
    "xavier": "xavier_uniform",
    "glorot": "xavier_uniform",
    "kaiming": "kaiming_uniform",
    "he": "kaiming_uniform",
    "lecun": "lecun_uniform",
    "random": "normal",
    "gaussian": "normal",
}
"""Names of families of initialisers, and the member that is usually meant."""

_ANY = Record({})
_PLAIN = {
    "zeros": _ANY,
    "ones": _ANY,
    "constant": Record({"value": Field(Number(), REQUIRED, "The value.")}),
    "uniform": Record(
        {"a": Field(Number(), 0.0, "Lower bound."), "b": Field(Number(), 1.0, "Upper bound.")},
        {"low": "a", "high": "b"},
    ),
    "normal": Record(
        {"mean": Field(Number(), 0.0, "Mean."), "std": Field(Number(0.0), 1.0, "Standard deviation.")},
        {"stddev": "std"},
    ),
    "truncated_normal": Record(
        {"mean": Field(Number(), 0.0, "Mean."), "std": Field(Number(0.0), 1.0, "Standard deviation.")},
        {"stddev": "std"},
    ),
    "values": Record({"values": Field(Tensors(), REQUIRED, "The numbers; the first axis is the outputs.")}),
}
_MODE = Field(Choice(("fan_in", "fan_out")), "fan_in", "Whether to scale by the number of inputs or of outputs.")
_XAVIER = Record({"gain": Field(Number(), 1.0, "Factor on the standard deviation or the bound.")})
_KAIMING = Record(
    {"gain": Field(Number(), math.sqrt(2.0), "Factor on the standard deviation or the bound."), "mode": _MODE}
)

PRESETS = ("torch_default", "keras_default", "sklearn_default")

INIT = Variant(
    "type",
    {
        **_PLAIN,
        "xavier_uniform": _XAVIER,
        "xavier_normal": _XAVIER,
        "kaiming_uniform": _KAIMING,
        "kaiming_normal": _KAIMING,
        "lecun_uniform": _XAVIER,
        "lecun_normal": _XAVIER,
        "orthogonal": _XAVIER,
        **dict.fromkeys(PRESETS, _ANY),
    },
    ALIASES,
    SUGGESTED,
    "{type: normal, std: 0.1}",
)

BIAS_INIT = Variant("type", {**_PLAIN, **dict.fromkeys(PRESETS, _ANY)}, ALIASES, example="zeros")
