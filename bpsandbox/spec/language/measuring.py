"""Metrics, monitors, checks and records."""

from __future__ import annotations

from bpsandbox.spec.kinds import Choice, Epochs, Flag, Integer, ListOf, Number, OptionalFlag
from bpsandbox.spec.records import REQUIRED, Field, Record, Switch, Variant

SEED = Integer(0, 2**32 - 1)

METRIC_NAMES = ("accuracy", "confusion_matrix", "precision", "recall", "f1", "roc_auc", "rmse", "mae", "r2")
METRICS = ListOf(Choice(METRIC_NAMES, {"acc": "accuracy", "f1_score": "f1", "auc": "roc_auc"}), accepts_single=True)

PARTS = ("train", "val", "test")
_CURVES = ("loss", *(name for name in METRIC_NAMES if name != "confusion_matrix"))
MONITOR = Choice(
    (*tuple(f"{part}_{name}" for part in PARTS for name in _CURVES), "data_loss"),
    {"loss": "train_loss", **{name: f"train_{name}" for name in _CURVES[1:]}, "val_acc": "val_accuracy"},
)
MODE = Field(Choice(("min", "max")), None, "Whether smaller or larger is better; by default chosen by the monitor.")

_PATIENCE = Field(Integer(1), 10, "Number of recorded points without improvement.")
_MIN_DELTA = Number(0.0)

MOST_RULES = 16
STOPPING = ListOf(
    Variant(
        "type",
        {
            "EarlyStopping": Record(
                {
                    "monitor": Field(MONITOR, None, "val_loss where there is a validation part, else train_loss."),
                    "min_delta": Field(_MIN_DELTA, 0.0, "Smallest change that counts as an improvement."),
                    "patience": _PATIENCE,
                    "mode": MODE,
                    "restore_best_weights": Field(
                        Flag(), False, "true: every seed ends with its best weights, however the run ends."
                    ),
                }
            ),
            "Tolerance": Record(
                {
                    "monitor": Field(MONITOR, "train_loss", "The curve to watch."),
                    "min_delta": Field(_MIN_DELTA, 1e-4, "Smallest change that counts as an improvement."),
                    "patience": _PATIENCE,
                    "mode": MODE,
                },
                {"tol": "min_delta", "n_iter_no_change": "patience"},
            ),
            "Target": Record(
                {
                    "monitor": Field(MONITOR, "train_loss", "The curve to watch."),
                    "value": Field(Number(), REQUIRED, "Value at which the seed stops."),
                    "mode": MODE,
                }
            ),
        },
        example="{type: EarlyStopping, patience: 10}",
    ),
    max_items=MOST_RULES,
    accepts_single=True,
)

GRADIENT_CHECK = Switch(
    {
        "h": Field(Number(1e-9, 1e-1), 1e-5, "Step of the central difference."),
        "samples_per_tensor": Field(Integer(1, 1000), 20, "Number of elements checked in every tensor."),
        "at": Field(
            ListOf(Choice(("start", "end")), min_items=1, accepts_single=True), ["start", "end"], "When to check."
        ),
    }
)
OVERFIT_TINY = Switch(
    {
        "n_samples": Field(Integer(1, 64), 8, "Number of training examples, evenly spaced."),
        "steps": Field(Integer(1, 5000), 1000, "Maximum number of steps."),
        "share": Field(
            Number(0.0, 1.0, open_low=True, open_high=True), 0.01, "Fraction of the first loss that counts as fitted."
        ),
        "lr": Field(Number(0.0, open_low=True), 0.03, "Learning rate of Adam."),
    }
)
CHECKS = Record(
    {
        "gradient_check": Field(GRADIENT_CHECK, None, "Is backward the derivative of forward?"),
        "overfit_tiny": Field(OVERFIT_TINY, None, "Overfit check: can the network fit a few examples exactly?"),
    }
)

LR_RANGE = Switch(
    {
        "low": Field(Number(1e-12, 1e-3), 1e-6, "The lowest learning rate."),
        "high": Field(Number(1e-2, 1e3), 10.0, "The highest learning rate."),
        "steps": Field(Integer(10, 1000), 100, "Number of steps, over which the rate grows exponentially."),
    }
)
EPOCHS = Epochs(Integer(0), min_items=1, max_items=24)
RECORD = Record(
    {
        "worked_example": Field(
            Switch(
                {
                    "sample": Field(Integer(0), 0, "Index of the training example, from 0."),
                    "step": Field(Integer(0), 0, "Index of the step that is worked, from 0."),
                    "seed": Field(SEED, None, "One of the seeds of the run; the first by default."),
                }
            ),
            None,
            "Every number of one step. true: the first example at the first step.",
        ),
        "decision_boundary": Field(
            EPOCHS,
            None,
            "Epochs at which to draw it, or the fitted function of one number. true: the first and the last.",
        ),
        "gradients": Field(OptionalFlag(), None, "true: the gradient norm of every layer at every recorded point."),
        "activations": Field(
            OptionalFlag(),
            None,
            "true: for each layer the mean, standard deviation, and fractions of zero, saturated and dead outputs.",
        ),
        "histograms": Field(
            OptionalFlag(), None, "true: histograms of every layer's weights and gradients, at up to 16 epochs."
        ),
        "saliency": Field(
            OptionalFlag(),
            None,
            "true: for one picture of each class, how much each pixel changes the output; pictures only.",
        ),
        "weights": Field(EPOCHS, None, "Epochs at which to record all weights. true: the first and the last."),
        "lr_range": Field(
            LR_RANGE, None, "Learning rate finder: the loss of a copy of the first seed while its rate grows."
        ),
    },
)
