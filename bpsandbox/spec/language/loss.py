"""Losses."""

from __future__ import annotations

from bpsandbox.spec.kinds import Choice, Flag, ListOf, Number, OptionalFlag
from bpsandbox.spec.records import Field, Record, Variant

_REDUCTION = Field(Choice(("mean", "sum")), "mean", "How the losses of the samples are combined.")
_OF_NUMBERS = Field(
    Choice(("mean", "sum", "batchmean")), "mean", "batchmean: sum over the outputs, mean over the samples."
)
_POSITIVE = Number(0.0, open_low=True)

LOSS = Variant(
    "type",
    {
        "MSELoss": Record(
            {
                "reduction": _OF_NUMBERS,
                "factor": Field(_POSITIVE, 1.0, "Factor on the loss; 0.5 gives the half squared error of textbooks."),
            }
        ),
        "CrossEntropyLoss": Record(
            {
                "label_smoothing": Field(
                    Number(0.0, 1.0, open_high=True), 0.0, "Probability mass spread over all classes."
                ),
                "class_weight": Field(ListOf(Number(0.0), min_items=1), None, "One weight per class."),
                "from_logits": Field(
                    OptionalFlag(kept=False), None, "false: the outputs are probabilities, as in Keras."
                ),
                "reduction": _REDUCTION,
            },
            {"weight": "class_weight"},
        ),
        "BCELoss": Record({"reduction": _OF_NUMBERS}),
        "BCEWithLogitsLoss": Record({"reduction": _OF_NUMBERS}),
        "L1Loss": Record({"reduction": _OF_NUMBERS}),
        "HuberLoss": Record(
            {
                "delta": Field(_POSITIVE, 1.0, "Error at which the loss changes from quadratic to linear."),
                "reduction": _OF_NUMBERS,
            }
        ),
        "SmoothL1Loss": Record(
            {
                "beta": Field(_POSITIVE, 1.0, "Error at which the loss changes from quadratic to linear."),
                "reduction": _OF_NUMBERS,
            }
        ),
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
    example="MSELoss",
)

REGULARIZATION = Record(
    {
        "l1": Field(Number(0.0), 0.0, "Adds l1 times the sum of the weights' absolute values."),
        "l2": Field(Number(0.0), 0.0, "Adds half l2 times the sum of the weights' squares."),
        "bias": Field(Flag(), False, "Whether biases are penalised too."),
        "per_sample": Field(
            OptionalFlag(), None, "true divides by the number of examples in the batch, as scikit-learn does."
        ),
        "alpha": Field(Number(0.0), None, "scikit-learn's penalty: l2 with `per_sample: true`."),
    },
    exclusive=(("alpha", "l2"),),
    example="{l2: 0.01}",
)
