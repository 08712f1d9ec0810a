"""From a spec to the objects that train."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpsandbox import core
from bpsandbox.core import initializers, losses
from bpsandbox.core.activations import ACTIVATIONS
from bpsandbox.core.datasets import (
    CARRIED,
    GATES,
    GENERATED,
    Dataset,
    Features,
    Scaler,
    fit,
    gate,
    points,
    split,
    with_features,
)
from bpsandbox.core.layers import Flatten, Layer, Linear
from bpsandbox.core.schedules import SCHEDULES, Schedule
from bpsandbox.core.stopping import RULES
from bpsandbox.core.streams import stream
from bpsandbox.core.targets import encode

from .spec import Spec

Config = dict[str, Any]
NEED_BASE = ("CosineAnnealingLR", "OneCycleLR", "ReduceLROnPlateau")


def build(spec: Spec) -> core.Experiment:
    """Make the experiment that a spec describes."""
    config = spec.config
    dataset, raw = make_dataset(config["dataset"])
    layers = make_layers(config["model"]["layers"])
    network = core.Network(layers, dataset.shape)
    loss = make_loss(config["loss"], network.shapes[-1][0])
    parts, prepare = make_parts(config, dataset, loss, network.shapes[-1][0])
    return core.Experiment(
        network=network,
        initializers=make_initializers(config["model"]["layers"], network),
        loss=loss,
        optimizer=make(core.OPTIMIZERS, config["optimizer"]),
        parts=parts,
        dataset=dataset,
        plan=make_plan(config["training"]),
        seeds=spec.seeds,
        dtype=config["dtype"],
        penalty=make_penalty(config["regularization"]),
        schedule=make_schedule(config),
        clipping=core.Clipping(**config["gradient_clipping"]) if "gradient_clipping" in config else None,
        rates=make_rates(config, network),
        metrics=tuple(config["metrics"]),
        stopping=tuple(make(RULES, rule) for rule in config["stopping"]),
        gradient_check=make_gradient_check(config["checks"]),
        worked_example=core.WorkedExample(**config["record"]["worked_example"])
        if "worked_example" in config["record"]
        else None,
        boundary=make_boundary(config["record"], raw, prepare),
        spec_hash=spec.hash,
    )


def make(table: dict[str, Any], block: Config) -> Any:
    """Make what a block's `type` names, of its other fields."""
    return table[block["type"]](**{name: _frozen(value) for name, value in block.items() if name != "type"})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def make_dataset(block: Config) -> tuple[Dataset, Dataset]:
    """The dataset as the network sees it (before scaling), and as it was before features were made of it."""
    raw = _raw_dataset(block)
    return (with_features(raw, block["features"]) if "features" in block else raw), raw


def _raw_dataset(block: Config) -> Dataset:
    if "points" in block:
        return points(**block["points"])
    name = block["name"]
    if name in GATES:
        return gate(name)
    if name in CARRIED:
        return CARRIED[name]()
    own = {
        key: _frozen(value)
        for key, value in block.items()
        if key not in ("name", "seed", "features", "standardize", "split")
    }
    return GENERATED[name](stream(block["seed"], "data"), **own)


def make_layers(blocks: list[Config]) -> list[Layer]:
    """Layers in order; an activation written on a layer follows it and shares its number."""
    layers: list[Layer] = []
    for index, block in enumerate(blocks):
        made = _made_layers(block)
        for layer in made:
            layer.index = index
        layers += made
    return layers


def _made_layers(block: Config) -> list[Layer]:
    if block["type"] == "Flatten":
        return [Flatten()]
    if block["type"] != "Linear":
        return [make(ACTIVATIONS, block)]
    linear = Linear(block["out_features"], bias=block["bias"])
    return [linear, make(ACTIVATIONS, block["activation"])] if "activation" in block else [linear]


def make_loss(block: Config, outputs: int) -> core.Loss:
    if block["type"] == "hinge":
        kind = losses.HingeLoss if outputs == 1 else losses.MultiClassHingeLoss
        return kind(reduction=block["reduction"])
    return make(vars(losses), block)


def make_parts(config: Config, dataset: Dataset, loss: core.Loss, outputs: int) -> tuple[dict[str, core.Part], Any]:
    """Training, validation and test part, scaled; and what turns a raw point into an input."""
    chosen = _split(config["dataset"]["split"], dataset)
    scaler = fit(config["dataset"]["standardize"], dataset.x[chosen["train"]])
    x = dataset.x if scaler is None else scaler(dataset.x)
    y = encode(dataset, loss, outputs)
    dtype = config["dtype"]
    parts = {
        name: core.Part(
            np.ascontiguousarray(x[rows], dtype=dtype),
            np.ascontiguousarray(y[rows], dtype=dtype),
            dataset.y[rows] if dataset.is_classified else None,
        )
        for name, rows in chosen.items()
    }
    features = Features(tuple(config["dataset"]["features"])) if "features" in config["dataset"] else None
    return parts, _Preparation(features, scaler)


class _Preparation:
    """From points of the plane to inputs of the network."""

    def __init__(self, features: Features | None, scaler: Scaler | None) -> None:
        self.features, self.scaler = features, scaler

    def __call__(self, x: np.ndarray) -> np.ndarray:
        x = x if self.features is None else self.features(x)
        return x if self.scaler is None else self.scaler(x)


def _split(block: Config, dataset: Dataset) -> dict[str, np.ndarray]:
    if not block["val"] and not block["test"]:
        return {"train": np.arange(len(dataset))}
    y = dataset.y if dataset.is_classified else np.zeros(len(dataset))
    rng = stream(block["seed"], "split")
    return split(rng, y, val=block["val"], test=block["test"], stratify=block["stratify"])


def make_plan(block: Config) -> core.Plan:
    batch = None if block["batch_size"] == "full" else block["batch_size"]
    return core.Plan(block.get("epochs"), block.get("steps"), batch, block["shuffle"], block["eval_every"])


def make_penalty(block: Config) -> core.Penalty | None:
    return core.Penalty(**block) if block["l1"] or block["l2"] else None


def make_schedule(config: Config) -> Schedule:
    if "lr_scheduler" not in config:
        return Schedule()
    block = dict(config["lr_scheduler"])
    per = block.pop("per", None)
    if block["type"] in NEED_BASE:
        block["base"] = config["optimizer"]["lr"] or 1.0
    schedule = make(SCHEDULES, block)
    if per is not None:
        schedule.per = per
    return schedule


def make_rates(config: Config, network: core.Network) -> np.ndarray | None:
    """Multipliers of the learning rate for layers that have their own, or that are not trained."""
    blocks, base = config["model"]["layers"], config["optimizer"]["lr"]
    if all(block.get("trainable", True) and "lr" not in block for block in blocks):
        return None
    rates = np.ones(network.size, dtype=config["dtype"])
    for slot in network.slots:
        block = blocks[network.layers[slot.layer].index]
        own = block["lr"] / base if "lr" in block and base else 1.0
        rates[slot.start : slot.stop] = own if block["trainable"] else 0.0
    return rates


def make_gradient_check(block: Config) -> core.GradientCheck | None:
    check = block.get("gradient_check")
    return core.GradientCheck(check["h"], check["samples_per_tensor"], tuple(check["at"])) if check else None


def make_boundary(block: Config, raw: Dataset, prepare: Any) -> core.Boundary | None:
    if "decision_boundary" not in block:
        return None
    return core.Boundary(tuple(block["decision_boundary"]), raw, prepare)


def make_initializers(blocks: list[Config], network: core.Network) -> list[initializers.Initializer]:
    """One initialiser a slot of the network."""
    made = []
    for slot in network.slots:
        block = blocks[network.layers[slot.layer].index]
        weight = next(other for other in network.slots if other.layer == slot.layer)
        init = block["init"] if slot.parameter == "weight" else block["bias_init"]
        made.append(_initializer(init, block, weight.shape, slot.parameter))
    return made


def _initializer(init: Config, block: Config, weight: tuple[int, ...], parameter: str) -> initializers.Initializer:
    kind, fan_in, fan_out = init["type"], weight[1], weight[0]
    if kind == "torch_default":
        return initializers.fan_in_uniform(fan_in)
    if kind == "keras_default":
        return initializers.xavier_uniform() if parameter == "weight" else initializers.constant(0.0)
    if kind == "sklearn_default":
        is_logistic = block.get("activation", {}).get("type") == "sigmoid"
        return initializers.sklearn_uniform(fan_in, fan_out, 2.0 if is_logistic else 6.0)
    own = {_ARGUMENTS.get(name, name): value for name, value in init.items() if name != "type"}
    if kind in ("zeros", "ones"):
        return initializers.constant(float(kind == "ones"))
    return getattr(initializers, kind)(**own)


_ARGUMENTS = {"a": "low", "b": "high", "values": "array"}
