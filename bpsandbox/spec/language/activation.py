"""Activations, as layers or as a field of a layer."""

from __future__ import annotations

from bpsandbox.spec.kinds import Choice, Flag, Number
from bpsandbox.spec.records import Field, Record, Variant

ALIASES = {
    "logistic": "sigmoid",
    "linear": "identity",
    "swish": "silu",
    "none": "identity",
    "heaviside": "step",
    "hard_tanh": "hardtanh",
}

RECORDS = {
    "identity": Record({}),
    "sigmoid": Record({}),
    "tanh": Record({}),
    "relu": Record({}),
    "softmax": Record({}),
    "leaky_relu": Record({"negative_slope": Field(Number(), 0.01, "Slope below 0.")}, {"alpha": "negative_slope"}),
    "elu": Record({"alpha": Field(Number(0.0), 1.0, "Limit for large negative inputs is -alpha.")}),
    "selu": Record({}),
    "gelu": Record(
        {"approximate": Field(Choice(("none", "tanh")), "none", "none: exact, with erf; tanh: the approximation.")}
    ),
    "silu": Record({}),
    "softplus": Record(
        {
            "beta": Field(Number(0.0, open_low=True), 1.0, "Sharpness."),
            "threshold": Field(Number(), 20.0, "Above this value of beta times the input, the function is linear."),
        }
    ),
    "mish": Record({}),
    "softsign": Record({}),
    "hardtanh": Record(
        {"min_val": Field(Number(), -1.0, "Lower bound."), "max_val": Field(Number(), 1.0, "Upper bound.")}
    ),
    "step": Record(
        {
            "straight_through": Field(
                Flag(), False, "Must be true: uses gradient 1, because the derivative is 0 everywhere."
            )
        }
    ),
}

ACTIVATION = Variant("type", RECORDS, ALIASES, example="sigmoid")
