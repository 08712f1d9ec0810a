"""Completing a draft that has no problems: every default that depends on something else is written down."""

from __future__ import annotations

import math
from typing import Any

from bpsandbox.core.train.curves import is_higher_better

from .cost.sizes import Sizes
from .draft import EPOCHS, Draft
from .facts import Facts
from .language.layer import RECORDS as LAYERS
from .layers import activation_of
from .starts import as_floats, starts

POINTS, TOY_SEEDS = 2000, 8
TOY_PARAMETERS, TOY_WORK = 2_000, 2e8
SGD = {"type": "SGD", "lr": 0.01, "momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0}
UNSAID = ("title", "notes", "seed", "init", "bias_init", "compat")


def complete(draft: Draft) -> dict[str, Any]:
    """The canonical config of a draft without problems."""
    values = {name: value for name, value in draft.values.items() if name not in UNSAID}
    config = {
        **values,
        "loss": _loss(draft),
        "regularization": _penalty(values["regularization"]),
        "optimizer": _optimizer(values["optimizer"] or SGD),
        "model": {"layers": [_layer(draft, i) for i in range(len(draft.layers))]},
        "training": _training(draft),
        "stopping": [_monitored(draft, rule) for rule in values["stopping"]],
    }
    config["lr_scheduler"] = _scheduler(draft, config)
    config["seeds"] = _seeds(draft, config)
    config["record"] = _record(draft, config["seeds"])
    if "points" in config["dataset"]:
        config["dataset"] = {**config["dataset"], "points": _points(config["dataset"]["points"])}
    return without_none(config)


def without_none(value: Any) -> Any:
    """Leave out what was neither written nor has a default."""
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in sorted(value.items()) if item is not None}
    if isinstance(value, list):
        return [without_none(item) if isinstance(item, dict | list) else item for item in value]
    return value


def _points(points: dict[str, Any]) -> dict[str, Any]:
    x = [sample if isinstance(sample, list) else [sample] for sample in points["x"]]
    return {
        "x": as_floats(x),
        "y": points["y"] if all(isinstance(y, int) for y in points["y"]) else as_floats(points["y"]),
    }


def _layer(draft: Draft, i: int) -> dict[str, Any]:
    """The block with its starts, and without what says nothing."""
    block = draft.layers[i]
    record = LAYERS.get(block["type"])
    if record is None:
        return block
    dull: dict[str, Any] = {record.inputs: None} if record.inputs else {}
    if activation_of(block) == "identity":
        dull["activation"] = None
    if "lr" in block and block["lr"] == draft.get("optimizer", "lr"):
        dull["lr"] = None
    return {**block, **dull, **starts(draft, i)}


def _optimizer(block: dict[str, Any]) -> dict[str, Any]:
    """The block without forms of what is not there, and with the limit that follows from another."""
    if block["type"] == "LBFGS":
        return {**block, "max_eval": block["max_eval"] or max(1, block["max_iter"] * 5 // 4)}
    dull = {"momentum": "momentum_form", "weight_decay": "decoupled_weight_decay"}
    return {**block, **{form: None for field, form in dull.items() if not block.get(field)}}


def _loss(draft: Draft) -> dict[str, Any]:
    """The block; of one number a sample, batchmean and mean are the same."""
    block, shape = draft.values["loss"], draft.out_shape
    is_lone = block["reduction"] == "batchmean" and shape is not None and math.prod(shape) == 1
    return {**block, "reduction": "mean"} if is_lone else block


def _penalty(block: dict[str, Any]) -> dict[str, Any]:
    """The block with scikit-learn's alpha in our words, and without forms of what is not there."""
    if block.get("alpha"):
        return {**block, "alpha": None, "l2": block["alpha"], "per_sample": True}
    return {**block, "alpha": None, "per_sample": block.get("per_sample") if block["l1"] or block["l2"] else None}


def _training(draft: Draft) -> dict[str, Any]:
    training = draft.values["training"] or dict.fromkeys(("epochs", "steps", "batch_size", "eval_every"))
    n, batch = draft.train_size() or 1, draft.batch_size() or 1
    steps: int | None = training["steps"]
    epochs: int | None = None if steps else training["epochs"] or EPOCHS
    return {
        "epochs": epochs,
        "steps": steps,
        "batch_size": "full" if batch >= n else batch,
        "shuffle": training.get("shuffle", True),
        "eval_every": training["eval_every"] or default_eval_every(epochs or steps or 1),
    }


def _monitored(draft: Draft, rule: dict[str, Any]) -> dict[str, Any]:
    has_val = bool(draft.get("dataset", "split", "val"))
    monitor = rule["monitor"] or ("val_loss" if has_val else "train_loss")
    return {**rule, "monitor": monitor, "mode": rule["mode"] or ("max" if is_higher_better(monitor) else "min")}


def _scheduler(draft: Draft, config: dict[str, Any]) -> dict[str, Any] | None:
    scheduler = draft.values["lr_scheduler"]
    if scheduler is None:
        return None
    if scheduler["type"] == "ReduceLROnPlateau":
        return _monitored(draft, scheduler)
    training, n = config["training"], draft.train_size() or 1
    batch = n if training["batch_size"] == "full" else training["batch_size"]
    steps = training.get("steps") or training["epochs"] * -(-n // batch)
    if scheduler["type"] == "OneCycleLR":
        return {**scheduler, "total_steps": scheduler["total_steps"] or steps}
    if scheduler["type"] == "CosineAnnealingLR":
        whole = steps if scheduler["per"] == "step" else -(-steps // -(-n // batch))
        return {**scheduler, "T_max": scheduler["T_max"] or whole}
    return scheduler


def _record(draft: Draft, seeds: list[int]) -> dict[str, Any]:
    """The block with every epoch once, in order, and the seed of the worked example where it is not the first."""
    record = draft.values["record"]
    example = record["worked_example"]
    if example and example["seed"] == seeds[0]:
        example = {**example, "seed": None}
    epochs = {name: draft.kept_epochs(name) or None for name in ("decision_boundary", "weights")}
    return {**record, "worked_example": example, **epochs}


def _seeds(draft: Draft, config: dict[str, Any]) -> list[int]:
    if draft.values["seeds"] is not None:
        return draft.values["seeds"]
    if draft.values["seed"] is not None:
        return [draft.values["seed"]]
    return default_seeds(without_none(config), draft.facts)


def default_seeds(config: dict[str, Any], facts: Facts | None) -> list[int]:
    """Eight seeds for a toy, else one."""
    one = Sizes({**config, "seeds": [0]}, facts) if facts else None
    is_toy = one is not None and one.parameters <= TOY_PARAMETERS and one.multiply_adds <= TOY_WORK
    return list(range(TOY_SEEDS if is_toy else 1))


def default_eval_every(length: int) -> int:
    """One point an epoch (or step), at most so many in a run."""
    return max(1, -(-length // POINTS))
