"""Other libraries' conventions: the values that `compat` sets for fields that are not given.

Only defaults and variants that can be written in our language are set, so the canonical form contains all of them and
needs no `compat`. Initialisation never changes. The libraries are Keras 3 and scikit-learn 1.x; textbook is the
notation of Rumelhart, Hinton, Williams 1986 and most lecture notes: half the sum of squares per sample, lr inside the
velocity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpsandbox.messages import _

from .canonical import SGD
from .kinds import WRONG
from .problems import Log, Path, excerpt, format_path
from .records import Block

Values = dict[str, Any]

_UPDATES = {"momentum_form": "updates"}
_KERAS = {"lr": 1e-3, "eps": 1e-7, "decoupled_weight_decay": True}
OPTIMIZERS: dict[str, dict[str, Values]] = {
    "keras": {
        "SGD": {"lr": 0.01, **_UPDATES, "decoupled_weight_decay": True},
        "Adam": {**_KERAS, "eps_place": "uncorrected"},
        "AdamW": {"lr": 1e-3, "weight_decay": 4e-3, "eps": 1e-7, "eps_place": "uncorrected"},
        "RMSprop": {**_KERAS, "alpha": 0.9, "eps_place": "inside", **_UPDATES},
        "Adagrad": {**_KERAS, "initial_accumulator_value": 0.1, "eps_place": "inside"},
        "Adadelta": {**_KERAS, "rho": 0.95},
        "NAdam": {**_KERAS, "momentum_decay": 1.0},
        "Adamax": {**_KERAS, "eps_place": "outside"},
        "Lion": {"lr": 1e-3},
    },
    "sklearn": {
        "SGD": {"lr": 1e-3, "momentum": 0.9, "nesterov": True, **_UPDATES},
        "Adam": {"lr": 1e-3, "eps_place": "uncorrected"},
    },
    "textbook": {"SGD": _UPDATES},
}
_HALF = {"factor": 0.5, "reduction": "batchmean"}
_BY_SAMPLE: dict[str, Values] = {
    "MSELoss": _HALF,
    "BCELoss": {"reduction": "batchmean"},
    "BCEWithLogitsLoss": {"reduction": "batchmean"},
}
LOSSES: dict[str, dict[str, Values]] = {
    "keras": {"CrossEntropyLoss": {"from_logits": False}},
    "sklearn": _BY_SAMPLE,
    "textbook": _BY_SAMPLE,
}
_BATCH_NORM = {"momentum": 0.01, "eps": 1e-3, "unbiased": False}
LAYERS: dict[str, dict[str, Values]] = {
    "keras": {"BatchNorm1d": _BATCH_NORM, "BatchNorm2d": _BATCH_NORM, "LayerNorm": {"eps": 1e-3}}
}
ALPHA, SKLEARN_BATCH = 1e-4, 200
NO_TRAINING: Values = {**dict.fromkeys(("epochs", "steps", "batch_size", "eval_every")), "shuffle": True}


def choose(values: Values, log: Log) -> None:
    """Set the defaults of the library named by `compat` for fields that are not given, with a note."""
    mode = values["compat"]
    if mode in (WRONG, "torch"):
        return
    _take_copies(values)
    chosen = [*_rewritten(mode, values), *_filled(mode, values)]
    if chosen:
        log.note(_("compat: {mode} chooses {fields}.", mode=mode, fields=", ".join(chosen)))


def _take_copies(values: Values) -> None:
    """Copy the blocks that are changed, because other settings of a sweep share them."""
    blocks = {"optimizer": SGD, "loss": {}, "regularization": {}, "training": NO_TRAINING}
    for name, otherwise in blocks.items():
        block = otherwise if values[name] is None else values[name]
        if block is not WRONG:
            values[name] = Block(block, _written(block))
    if _layers(values):
        values["model"] = {"layers": [layer if layer is WRONG else layer.copy() for layer in values["model"]["layers"]]}


def _written(block: Values) -> frozenset[str]:
    return frozenset(block.written) if isinstance(block, Block) else frozenset()


def _filled(mode: str, values: Values) -> Iterator[str]:
    """Replace our defaults by the library's; yield a description of each change."""
    for path, block, fields in _blocks(mode, values):
        for name, value in fields.items():
            if name not in block.written and block.get(name) != value:
                block[name] = value
                yield f"{format_path((*path, name))}: {excerpt(value)}"
    optimizer = values["optimizer"]
    if optimizer is not WRONG and "nesterov" not in optimizer.written and not optimizer.get("momentum"):
        optimizer.update({"nesterov": False} if "nesterov" in optimizer else {})


def _blocks(mode: str, values: Values) -> Iterator[tuple[Path, Block, Values]]:
    for name, table in (("optimizer", OPTIMIZERS), ("loss", LOSSES)):
        block = values[name]
        if block is not WRONG:
            yield (name,), block, table.get(mode, {}).get(block["type"], {})
    for i, layer in enumerate(_layers(values)):
        yield ("model", "layers", i), layer, LAYERS.get(mode, {}).get(layer["type"], {})
    if mode == "sklearn":
        yield from _sklearn(values)


def _layers(values: Values) -> list[Block]:
    model = values["model"]
    layers = WRONG if model is WRONG else model["layers"]
    return [] if layers is WRONG else [layer if layer is not WRONG else Block({"type": ""}) for layer in layers]


def _sklearn(values: Values) -> Iterator[tuple[Path, Block, Values]]:
    """Yield scikit-learn's defaults: penalties per sample, alpha 1e-4 without another penalty, batches of 200."""
    penalty = values["regularization"]
    if penalty is not WRONG:
        said = penalty.written & {"l1", "l2", "alpha"}
        yield ("regularization",), penalty, {"per_sample": True} if said else {"alpha": ALPHA}
    training = values["training"]
    if training is not WRONG and values["optimizer"] is not WRONG and values["optimizer"]["type"] != "LBFGS":
        yield ("training",), training, {"batch_size": SKLEARN_BATCH}


def _rewritten(mode: str, values: Values) -> Iterator[str]:
    """Convert values from Keras's conventions: l2 without a factor ½, momentum as the weight of the old statistics."""
    if mode != "keras":
        return
    penalty = values["regularization"]
    if penalty is not WRONG and penalty["l2"] not in (WRONG, 0.0):
        penalty["l2"] *= 2.0
        yield f"regularization.l2: {excerpt(penalty['l2'])}"
    for i, layer in enumerate(_layers(values)):
        is_written = layer["type"].startswith("BatchNorm") and "momentum" in layer.written
        if is_written and layer["momentum"] is not WRONG:
            layer["momentum"] = round(1.0 - layer["momentum"], 12)
            yield f"{format_path(('model', 'layers', i, 'momentum'))}: {excerpt(layer['momentum'])}"
