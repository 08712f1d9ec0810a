"""The config language, declared: what may be written, and what it is when it is not.

The reference `docs/config.md` is made from this declaration.
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
    """A list of seeds, or {start, count}; becomes a list. A bare number could be either, so it is neither."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar):
            return self._bare(node, path, log)
        if not isinstance(node, Mapping):
            return ListOf(SEED, least=1, most=MAX_SEEDS).read(node, path, log)
        read = _SEED_RANGE.read(node, path, log)
        if not all(isinstance(value, int) for value in read.values()):
            return WRONG
        return list(range(read["start"], read["start"] + read["count"]))

    def _bare(self, node: Scalar, path: Path, log: Log) -> Any:
        if type(node.value) is not int:
            return self._complain(node, path, log)
        message = _(
            "Is {seen} a number of seeds or one seed? Write seeds: {{count: {seen}}} or seed: {seen}.", seen=node.text
        )
        log.add(path, message, "bare_seeds", at=node.at, seen=node.text, suggestion=f"{{count: {node.text}}}")
        return WRONG

    def describe(self) -> str:
        return _("a list of whole numbers, or a mapping with start and count")


TRAINING = Record(
    {
        "epochs": Field(Integer(1), None, "Times through the training examples; 100 when neither is written."),
        "steps": Field(Integer(1), None, "Or the number of updates."),
        "batch_size": Field(
            Either(("full",), Integer(1)), None, "1 is online; 32 when not written, full when there are at most 32."
        ),
        "shuffle": Field(Flag(), True, "A new order every epoch."),
        "eval_every": Field(
            Integer(1), None, "Epochs (or steps) from one recorded point to the next; at most 2,000 points by default."
        ),
    },
    {"max_iter": "epochs", "max_epochs": "epochs", "n_epochs": "epochs"},
    apart=(("epochs", "steps"),),
    example="{epochs: 100, batch_size: 32}",
)

NO_PENALTY = {"l1": 0.0, "l2": 0.0, "bias": False}
NO_CHECKS = {"gradient_check": None}
NO_RECORD = {"worked_example": None, "decision_boundary": None}
CONFIG = Record(
    {
        "version": Field(Integer(1, 1), 1, "Of the language."),
        "title": Field(Text(200), "", "Short; not part of what is run."),
        "notes": Field(Text(2000), "", "Short; not part of what is run."),
        "seed": Field(SEED, None, "One seed."),
        "seeds": Field(Seeds(), None, "Several; by default 8 for toy-sized runs, else 1, from 0."),
        "compat": Field(
            Choice(
                ("torch", "keras", "sklearn", "textbook"),
                {"pytorch": "torch", "tensorflow": "keras", "scikit-learn": "sklearn"},
            ),
            "torch",
            "Whose meanings and defaults are taken for what is not written; the canonical form has them written out.",
        ),
        "dtype": Field(Choice(("float64", "float32")), "float64", "Precision of every number of the run."),
        "dataset": Field(DATASET, REQUIRED, "What is learned."),
        "model": Field(MODEL, REQUIRED, "What learns it."),
        "init": Field(INIT, None, "Start of every weight that has no `init` of its own."),
        "bias_init": Field(BIAS_INIT, None, "Start of every bias that has no `bias_init` of its own."),
        "loss": Field(LOSS, REQUIRED, "What is made small."),
        "regularization": Field(REGULARIZATION, NO_PENALTY, "What large weights cost."),
        "optimizer": Field(OPTIMIZER, None, "SGD with lr 0.01 when not written."),
        "lr_scheduler": Field(SCHEDULER, None, "How the learning rate changes."),
        "gradient_clipping": Field(CLIPPING, None, "What is done to gradients that are too long."),
        "training": Field(TRAINING, None, "How long, and in what portions."),
        "stopping": Field(STOPPING, [], "When a seed ends before that."),
        "metrics": Field(METRICS, [], "What is measured beside the loss."),
        "checks": Field(CHECKS, NO_CHECKS, "Whether the engine and the network are sound."),
        "record": Field(RECORD, NO_RECORD, "What is kept beside the curves."),
        "sweep": Field(SWEEP, None, "The same config with other values here and there, side by side."),
    },
    aliases={
        "data": "dataset",
        "regularisation": "regularization",
        "optimiser": "optimizer",
        "scheduler": "lr_scheduler",
    },
    apart=(("seed", "seeds"),),
)
