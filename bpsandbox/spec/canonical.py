"""Completing a draft that has no problems: every default that depends on something else is written down."""

from __future__ import annotations

import math
from typing import Any

from bpsandbox.core.curves import is_higher_better

from .cost import price_config
from .draft import Draft
from .facts import Facts
from .language.activation import RECORDS as ACTIVATIONS
from .language.initialisation import PRESETS

EPOCHS, BATCH_SIZE, POINTS, TOY_SEEDS = 100, 32, 2000, 8
TOY_PARAMETERS, TOY_WORK = 2_000, 2e8
RECTIFIED = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish")
SGD = {"type": "SGD", "lr": 0.01, "momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0}
UNSAID = ("title", "notes", "seed", "init", "bias_init")


def complete(draft: Draft) -> dict[str, Any]:
    """The canonical config of a draft without problems."""
    values = {name: value for name, value in draft.values.items() if name not in UNSAID}
    config = {
        **values,
        "optimizer": values["optimizer"] or SGD,
        "model": {"layers": [_layer(draft, i) for i in range(len(draft.layers))]},
        "training": _training(draft),
        "stopping": [_monitored(draft, rule) for rule in values["stopping"]],
    }
    config["lr_scheduler"] = _scheduler(draft, config)
    config["seeds"] = _seeds(draft, config)
    config["record"] = _record(config["record"])
    if "points" in config["dataset"]:
        config["dataset"] = {**config["dataset"], "points": _points(config["dataset"]["points"])}
    return without_none(config)


def without_none(value: Any) -> Any:
    """Leave out what was neither written nor has a default."""
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in sorted(value.items()) if item is not None}
    if isinstance(value, list):
        return [without_none(item) for item in value]
    return value


def _points(points: dict[str, Any]) -> dict[str, Any]:
    x = [sample if isinstance(sample, list) else [sample] for sample in points["x"]]
    return {"x": _floats(x), "y": points["y"] if all(isinstance(y, int) for y in points["y"]) else _floats(points["y"])}


def _floats(value: Any) -> Any:
    return [_floats(item) for item in value] if isinstance(value, list) else float(value) + 0.0


def _layer(draft: Draft, i: int) -> dict[str, Any]:
    layer = draft.layers[i]
    if layer["type"] != "Linear":
        return layer
    init = layer["init"] or draft.get("init") or {"type": _start_for(draft, i), **_gain(draft, i)}
    bias_init = layer["bias_init"] or draft.get("bias_init") or {"type": "zeros"}
    if layer["bias_init"] is None and draft.get("bias_init") is None and init["type"] in PRESETS:
        bias_init = init
    init, bias_init = _as_floats(init), _as_floats(bias_init)
    same_lr = layer["lr"] is not None and layer["lr"] == draft.get("optimizer", "lr")
    complete = {**layer, "init": init, "bias_init": bias_init if layer["bias"] else None, "in_features": None}
    return {**complete, "activation": _activation(layer), "lr": None if same_lr else layer["lr"]}


def _activation(layer: dict[str, Any]) -> dict[str, Any] | None:
    activation = layer["activation"]
    return None if activation and activation["type"] == "identity" else activation


def _as_floats(init: dict[str, Any]) -> dict[str, Any]:
    return {**init, "values": _floats(init["values"])} if "values" in init else init


def _start_for(draft: Draft, i: int) -> str:
    """kaiming_uniform for a layer that is followed by a rectifier, else xavier_uniform."""
    return "kaiming_uniform" if _follower(draft, i) in RECTIFIED else "xavier_uniform"


def _gain(draft: Draft, i: int) -> dict[str, Any]:
    if _follower(draft, i) in RECTIFIED:
        return {"gain": math.sqrt(2.0), "mode": "fan_in"}
    return {"gain": 1.0}


def _follower(draft: Draft, i: int) -> str | None:
    """The activation that layer i's outputs go through."""
    own = draft.activation_of(draft.layers[i])
    if own != "identity":
        return own
    after = draft.layers[i + 1]["type"] if i + 1 < len(draft.layers) else None
    return after if after in ACTIVATIONS else "identity"


def _training(draft: Draft) -> dict[str, Any]:
    training = draft.values["training"] or dict.fromkeys(("epochs", "steps", "batch_size", "eval_every"))
    n = draft.train_size() or 1
    steps: int | None = training["steps"]
    epochs: int | None = None if steps else training["epochs"] or EPOCHS
    batch: Any = training["batch_size"] or ("full" if n <= BATCH_SIZE else BATCH_SIZE)
    return {
        "epochs": epochs,
        "steps": steps,
        "batch_size": "full" if batch == "full" or batch >= n else batch,
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


def _record(record: dict[str, Any]) -> dict[str, Any]:
    epochs = record["decision_boundary"]
    return {**record, "decision_boundary": sorted(set(epochs)) if epochs else None}


def _seeds(draft: Draft, config: dict[str, Any]) -> list[int]:
    if draft.values["seeds"] is not None:
        return draft.values["seeds"]
    if draft.values["seed"] is not None:
        return [draft.values["seed"]]
    return default_seeds(without_none(config), draft.facts)


def default_seeds(config: dict[str, Any], facts: Facts | None) -> list[int]:
    """Eight seeds for a toy, else one."""
    one = price_config({**config, "seeds": [0]}, facts) if facts else None
    is_toy = one is not None and one.parameters <= TOY_PARAMETERS and one.multiply_adds <= TOY_WORK
    return list(range(TOY_SEEDS if is_toy else 1))


def default_eval_every(length: int) -> int:
    """One point an epoch (or step), at most so many in a run."""
    return max(1, -(-length // POINTS))
