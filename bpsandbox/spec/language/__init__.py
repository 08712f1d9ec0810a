"""The declaration of the config language: fields, kinds of values and defaults.

The reference `docs/config.md` is generated from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.kinds import WRONG, Choice, Either, Flag, Integer, Kind, ListOf, Text
from bpsandbox.spec.nodes import Mapping, Node, Scalar
from bpsandbox.spec.problems import Log, Path
from bpsandbox.spec.records import REQUIRED, Field, Record

from .dataset import DATASET
from .initialisation import BIAS_INIT, INIT
from .layer import MODEL
from .loss import LOSS, REGULARIZATION
from .measuring import CHECKS, METRICS, RECORD, SEED, STOPPING
from .optimizer import CLIPPING, OPTIMIZER, SCHEDULER
from .sweep import SWEEP

MAX_SEEDS = 1024
_SEED_RANGE = Record({"start": Field(SEED, 0), "count": Field(Integer(1, MAX_SEEDS))})


@dataclass(frozen=True)
class Seeds(Kind):
    """A list of seeds, or {start, count}; read as a list. A single number is ambiguous and refused."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar):
            return self._bare(node, path, log)
        if not isinstance(node, Mapping):
            return ListOf(SEED, min_items=1, max_items=MAX_SEEDS).read(node, path, log)
        read = _SEED_RANGE.read(node, path, log)
        if not all(isinstance(value, int) for value in read.values()):
            return WRONG
        return list(range(read["start"], read["start"] + read["count"]))

    def _bare(self, node: Scalar, path: Path, log: Log) -> Any:
        if type(node.value) is not int:
            return self._report(node, path, log)
        message = _(
            "Is {seen} a number of seeds or one seed? Write seeds: {{count: {seen}}} or seed: {seen}.", seen=node.text
        )
        log.add(path, message, "bare_seeds", at=node.at, seen=node.text, suggestion=f"{{count: {node.text}}}")
        return WRONG

    def describe(self) -> str:
        return _("a list of whole numbers, or a mapping with start and count")


TRAINING = Record(
    {
        "epochs": Field(Integer(1), None, "Number of epochs; 100 when neither epochs nor steps is given."),
        "steps": Field(Integer(1), None, "Number of steps (updates), instead of epochs."),
        "batch_size": Field(
            Either(("full",), Integer(1)),
            None,
            "Examples per step; 1 is online learning. By default 32, or full when there are at most 32 examples.",
        ),
        "shuffle": Field(Flag(), True, "Whether to draw a new order in every epoch."),
        "eval_every": Field(
            Integer(1), None, "Epochs (or steps) from one recorded point to the next; at most 2,000 points by default."
        ),
    },
    {"max_iter": "epochs", "max_epochs": "epochs", "n_epochs": "epochs"},
    exclusive=(("epochs", "steps"),),
    example="{epochs: 100, batch_size: 32}",
)

NO_PENALTY = {"l1": 0.0, "l2": 0.0, "bias": False}
NO_CHECKS = {"gradient_check": None}
NO_RECORD = {"worked_example": None, "decision_boundary": None}
CONFIG = Record(
    {
        "version": Field(Integer(1, 1), 1, "Version of the language."),
        "title": Field(Text(200), "", "Short text; not part of the canonical form."),
        "notes": Field(Text(2000), "", "Short text; not part of the canonical form."),
        "seed": Field(SEED, None, "A single seed."),
        "seeds": Field(Seeds(), None, "Several seeds; by default 0 to 7 for toy-sized runs, else 0."),
        "compat": Field(
            Choice(
                ("torch", "keras", "sklearn", "textbook"),
                {"pytorch": "torch", "tensorflow": "keras", "scikit-learn": "sklearn"},
            ),
            "torch",
            "Library whose conventions and defaults apply to fields that are not given; the canonical form lists them.",
        ),
        "dtype": Field(Choice(("float64", "float32")), "float64", "Floating-point type of the run."),
        "dataset": Field(DATASET, REQUIRED, "The data to learn from."),
        "model": Field(MODEL, REQUIRED, "The network."),
        "init": Field(INIT, None, "Initialisation of weights, for layers without their own `init`."),
        "bias_init": Field(BIAS_INIT, None, "Initialisation of biases, for layers without their own `bias_init`."),
        "loss": Field(LOSS, REQUIRED, "The loss to minimise."),
        "regularization": Field(REGULARIZATION, NO_PENALTY, "Penalties on large weights."),
        "optimizer": Field(OPTIMIZER, None, "The optimiser; SGD with lr 0.01 by default."),
        "lr_scheduler": Field(SCHEDULER, None, "Schedule of the learning rate."),
        "gradient_clipping": Field(CLIPPING, None, "Limit on the size of gradients."),
        "training": Field(TRAINING, None, "Length of the run, and batches."),
        "stopping": Field(STOPPING, [], "Rules that stop a seed early."),
        "metrics": Field(METRICS, [], "Metrics to record besides the loss."),
        "checks": Field(CHECKS, NO_CHECKS, "Checks of the gradient and of the network."),
        "record": Field(RECORD, NO_RECORD, "What to record besides the curves."),
        "sweep": Field(SWEEP, None, "The same config with several values for some fields, in one run."),
    },
    aliases={
        "data": "dataset",
        "regularisation": "regularization",
        "optimiser": "optimizer",
        "scheduler": "lr_scheduler",
    },
    exclusive=(("seed", "seeds"),),
)
