"""Complete a draft without problems: add every default, and remove every field that has no effect.

Two configs with the same meaning have the same canonical form. Therefore fields of absent features (the seed of a split
without a split, dampening without momentum) get their defaults, and lists without an order are sorted.
"""

from __future__ import annotations

import json
import math
from typing import Any

from bpsandbox.core.train.curves import is_higher_better

from .cost.sizes import Sizes
from .default_init import initialisation
from .draft import EPOCHS, Draft
from .facts import Facts
from .kinds import Array
from .language.dataset import MADE_BY_NOISE, NO_SPLIT
from .language.layer import RECORDS as LAYERS
from .language.measuring import METRIC_NAMES
from .layers import activation_of
from .rates import default_rate, own_rates, rate_is_void

POINTS, TOY_SEEDS = 2000, 8
TOY_PARAMETERS, TOY_WORK = 2_000, 2e8
SGD = {"type": "SGD", "lr": 0.01, "momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0}
OMITTED = ("title", "notes", "seed", "init", "bias_init", "compat", "sweep")


def complete(draft: Draft) -> dict[str, Any]:
    """Return the canonical config of a draft without problems."""
    values = {name: value for name, value in draft.values.items() if name not in OMITTED}
    config = {
        **values,
        "dataset": _dataset(values["dataset"]),
        "loss": _loss(draft),
        "regularization": _penalty(values["regularization"]),
        "optimizer": _optimizer(draft),
        "training": _training(draft),
        "stopping": [_monitored(draft, rule) for rule in values["stopping"]],
        "metrics": sorted(values["metrics"], key=METRIC_NAMES.index),
        "checks": _checks(values["checks"]),
    }
    config["model"] = {"layers": [_layer(draft, i, config["optimizer"]["lr"]) for i in range(len(draft.layers))]}
    config["lr_scheduler"] = _scheduler(draft, config)
    config["seeds"] = _seeds(draft, config)
    config["record"] = _record(draft, config["seeds"])
    return without_none(config)


def text_of(value: Any) -> str:
    """Return a canonical config as JSON with sorted keys and without spaces."""
    if isinstance(value, Array):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{text_of(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "[" + ",".join(map(text_of, value)) + "]"
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def without_none(value: Any) -> Any:
    """Remove fields that were not given and have no default."""
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in sorted(value.items()) if item is not None}
    if isinstance(value, list) and not isinstance(value, Array):
        return [without_none(item) if isinstance(item, dict | list) else item for item in value]
    return value


def _dataset(block: dict[str, Any]) -> dict[str, Any]:
    """Return the block without the seeds of data that are not random."""
    changes: dict[str, Any] = {}
    if not block["split"]["val"] and not block["split"]["test"]:
        changes["split"] = NO_SPLIT
    if block.get("name") in MADE_BY_NOISE and block["noise"] == 0.0:
        changes["seed"] = 0
    if "points" in block:
        changes["points"] = _points(block["points"])
    return {**block, **changes}


def _points(points: dict[str, Any]) -> dict[str, Any]:
    y = points["y"]
    return {"x": points["x"].column.floats, "y": y if all(isinstance(each, int) for each in y) else y.floats}


def _layer(draft: Draft, i: int, rate: float) -> dict[str, Any]:
    """Return the block with its initialisation, and without fields that have no effect."""
    block = draft.layers[i]
    record = LAYERS.get(block["type"])
    if record is None:
        return block
    changes: dict[str, Any] = {record.inputs: None} if record.inputs else {}
    if activation_of(block) == "identity":
        changes["activation"] = None
    if block.get("lr") == rate:
        changes["lr"] = None
    return {**block, **changes, **_inferred_sizes(draft, i), **initialisation(draft, i)}


def _inferred_sizes(draft: Draft, i: int) -> dict[str, Any]:
    """Return inferred sizes as numbers, and None for sizes equal to their defaults."""
    block, after = draft.layers[i], draft.shapes[i + 1]
    if block["type"] == "Reshape" and after is not None:
        return {"shape": list(after)}
    if block["type"] in ("MaxPool2d", "AvgPool2d") and block["stride"] == block["kernel_size"]:
        return {"stride": None}
    is_last_axis = block["type"] == "LayerNorm" and block["normalized_shape"] and len(block["normalized_shape"]) == 1
    return {"normalized_shape": None} if is_last_axis else {}


def _optimizer(draft: Draft) -> dict[str, Any]:
    """Return the block without variants of absent features, and with LBFGS's limit on evaluations."""
    block: dict[str, Any] = dict(draft.values["optimizer"] or SGD)
    if rate_is_void(draft):
        own = own_rates(draft)
        block = {**block, "lr": own[0] if own else default_rate(block["type"])}
    if block["type"] == "LBFGS":
        return {**block, "max_eval": block["max_eval"] or max(1, block["max_iter"] * 5 // 4)}
    variants = {"momentum": "momentum_form", "weight_decay": "decoupled_weight_decay", "eps": "eps_place"}
    block = {**block, **{form: None for field, form in variants.items() if not block.get(field)}}
    return {**block, "dampening": 0.0} if block.get("dampening") and not block["momentum"] else block


def _loss(draft: Draft) -> dict[str, Any]:
    """Return the block; for one output per sample batchmean is mean, and class weights of 1 are left out."""
    block, shape = draft.values["loss"], draft.out_shape
    changes: dict[str, Any] = {}
    if block["reduction"] == "batchmean" and shape is not None and math.prod(shape) == 1:
        changes["reduction"] = "mean"
    if block.get("class_weight") and all(weight == 1.0 for weight in block["class_weight"]):
        changes["class_weight"] = None
    return {**block, **changes}


def _penalty(block: dict[str, Any]) -> dict[str, Any]:
    """Return the block with scikit-learn's alpha as l2, and without variants of absent penalties."""
    if block.get("alpha"):
        return {**block, "alpha": None, "l2": block["alpha"], "per_sample": True}
    if block["l1"] or block["l2"]:
        return {**block, "alpha": None}
    return {**block, "alpha": None, "bias": False, "per_sample": None}


def _checks(checks: dict[str, Any]) -> dict[str, Any]:
    """Return the block with sorted, distinct moments."""
    check = checks.get("gradient_check")
    at = [when for when in ("start", "end") if check and when in check["at"]]
    return {**checks, "gradient_check": {**check, "at": at}} if check else checks


def _training(draft: Draft) -> dict[str, Any]:
    training = draft.values["training"] or dict.fromkeys(("epochs", "steps", "batch_size", "eval_every"))
    n, batch = draft.train_size() or 1, draft.batch_size() or 1
    steps: int | None = training["steps"]
    epochs: int | None = None if steps else training["epochs"] or EPOCHS
    length = epochs or steps or 1
    return {
        "epochs": epochs,
        "steps": steps,
        "batch_size": "full" if batch >= n else batch,
        "shuffle": batch >= n or training.get("shuffle", True),
        "eval_every": min(training["eval_every"] or default_eval_every(length), length),
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
    if scheduler["type"] == "MultiStepLR":
        return {**scheduler, "milestones": sorted(scheduler["milestones"])}
    return scheduler


def _record(draft: Draft, seeds: list[int]) -> dict[str, Any]:
    """Return the block with sorted, distinct epochs, and with the seed of the worked example unless it is the first."""
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
    """Return eight seeds for a toy-sized run, else one."""
    one = Sizes({**config, "seeds": [0]}, facts) if facts else None
    is_toy = one is not None and one.parameters <= TOY_PARAMETERS and one.multiply_adds <= TOY_WORK
    return list(range(TOY_SEEDS if is_toy else 1))


def default_eval_every(length: int) -> int:
    """Return the interval for one point per epoch (or step), with a limit on the number of points."""
    return max(1, -(-length // POINTS))
