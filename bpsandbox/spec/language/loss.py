"""Losses."""

from __future__ import annotations

from bpsandbox.spec.kinds import Choice, Flag, ListOf, Number
from bpsandbox.spec.records import Field, Record, Variant

_REDUCTION = Field(Choice(("mean", "sum")), "mean")
_POSITIVE = Number(0.0, open_low=True)

LOSS = Variant(
    "type",
    {
        "MSELoss": Record(
            {
                "reduction": _REDUCTION,
                "factor": Field(_POSITIVE, 1.0, "Multiplies the loss: 0.5 gives the textbooks' half square."),
            }
        ),
        "CrossEntropyLoss": Record(
            {
                "label_smoothing": Field(Number(0.0, 1.0, open_high=True), 0.0),
                "class_weight": Field(ListOf(Number(0.0), least=1), None, "One weight a class."),
                "reduction": _REDUCTION,
            },
            {"weight": "class_weight"},
        ),
        "BCELoss": Record({"reduction": _REDUCTION}),
        "BCEWithLogitsLoss": Record({"reduction": _REDUCTION}),
        "L1Loss": Record({"reduction": _REDUCTION}),
        "HuberLoss": Record({"delta": Field(_POSITIVE, 1.0), "reduction": _REDUCTION}),
        "SmoothL1Loss": Record({"beta": Field(_POSITIVE, 1.0), "reduction": _REDUCTION}),
        "hinge": Record({"reduction": _REDUCTION}),
    },
    {
        "mse": "MSELoss",
        "mean_squared_error": "MSELoss",
        "mae": "L1Loss",
        "mean_absolute_error": "L1Loss",
        "cross_entropy": "CrossEntropyLoss",
        "categorical_crossentropy": "CrossEntropyLoss",
        "sparse_categorical_crossentropy": "CrossEntropyLoss",
        "log_loss": "CrossEntropyLoss",
        "bce": "BCELoss",
        "binary_crossentropy": "BCELoss",
        "huber": "HuberLoss",
    },
)

REGULARIZATION = Record(
    {
        "l1": Field(Number(0.0), 0.0, "Adds l1 times the sum of the weights' absolute values."),
        "l2": Field(Number(0.0), 0.0, "Adds half l2 times the sum of the weights' squares."),
        "bias": Field(Flag(), False, "true counts the biases too."),
    }
)
