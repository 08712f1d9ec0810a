"""The trajectories that are compared with other libraries: a table of configs, made by multiplying smaller tables.

A row is a config without its start. The start is drawn from the row's `start` word by the peer that knows the shapes,
rounded to three decimals and kept in the record; so is what the peer computed from it. To cover another layer, add a
line to BODIES (and its module to `pytorch.MODULES`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product
from typing import Any

Config = dict[str, Any]
STEPS = 20
SAMPLES, BATCH = 12, 5
"""Batches of 5, 5 and 2: the last one is short."""


@dataclass(frozen=True)
class Row:
    """One trajectory of 20 steps: what it is counted under, where its start comes from, and its config without it."""

    name: str
    layer: str
    optimizer: str
    start: str
    config: Config


def numbers(word: str, *shape: int, scale: float = 1.5) -> Any:
    """Nested lists of numbers with two decimals, always the same for a word."""
    rng = random.Random(word)

    def draw(axes: tuple[int, ...]) -> Any:
        return [draw(axes[1:]) for _ in range(axes[0])] if axes else round(rng.uniform(-scale, scale), 2)

    return draw(shape)


def whole_numbers(word: str, limit: int, *shape: int) -> Any:
    """Nested lists of whole numbers below `limit`, each of which occurs."""
    rng = random.Random(word)
    count = 1
    for axis in shape:
        count *= axis
    flat = [i % limit for i in range(count)]
    rng.shuffle(flat)
    for axis in reversed(shape[1:]):
        flat = [flat[i : i + axis] for i in range(0, len(flat), axis)]
    return flat


def shares(word: str, *shape: int) -> Any:
    """Numbers between 0 and 1, some of them 0 and 1."""
    return [[min(1.0, max(0.0, abs(x))) for x in row] for row in numbers(word, *shape, scale=1.2)]


# what the networks look at

INPUTS = {
    "rows": numbers("rows", SAMPLES, 3),
    "images": numbers("images", SAMPLES, 2, 6, 5),
    "sequences": numbers("sequences", SAMPLES, 6, 3),
    "tokens": whole_numbers("tokens", 7, SAMPLES, 4),
}

# activations, as `activation:` or as layers of their own; what is not written is the library's default

ACTIVATIONS: dict[str, Config | None] = {
    "identity": {"type": "identity"},
    "sigmoid": {"type": "sigmoid"},
    "tanh": {"type": "tanh"},
    "relu": {"type": "relu"},
    "softmax": {"type": "softmax"},
    "leaky_relu": {"type": "leaky_relu"},
    "elu": {"type": "elu"},
    "selu": {"type": "selu"},
    "gelu": {"type": "gelu"},
    "gelu tanh": {"type": "gelu", "approximate": "tanh"},
    "silu": {"type": "silu"},
    "softplus": {"type": "softplus"},
    "mish": {"type": "mish"},
    "softsign": {"type": "softsign"},
    "hardtanh": {"type": "hardtanh"},
    "step": {"type": "step", "straight_through": True},
}
SHAPED: dict[str, Config] = {
    "leaky_relu .3": {"type": "leaky_relu", "negative_slope": 0.3},
    "elu .5": {"type": "elu", "alpha": 0.5},
    "softplus 3, 2": {"type": "softplus", "beta": 3.0, "threshold": 2.0},
    "hardtanh -.3, .6": {"type": "hardtanh", "min_val": -0.3, "max_val": 0.6},
}

# losses: outputs, what follows the last Linear, targets


@dataclass(frozen=True)
class Goal:
    """A loss with the head and the targets that it wants."""

    loss: Config
    outputs: int
    y: Any
    head: str | None = None


_MEASURED = numbers("measured", SAMPLES, 2)
_CLASSES, _SIDES, _SHARES = (
    whole_numbers("classes", 3, SAMPLES),
    whole_numbers("sides", 2, SAMPLES),
    shares("shares", SAMPLES, 2),
)
LOSSES = {
    "MSELoss": Goal({"type": "MSELoss"}, 2, _MEASURED),
    "L1Loss": Goal({"type": "L1Loss"}, 2, _MEASURED),
    "HuberLoss": Goal({"type": "HuberLoss"}, 2, _MEASURED),
    "SmoothL1Loss": Goal({"type": "SmoothL1Loss"}, 2, _MEASURED),
    "CrossEntropyLoss": Goal({"type": "CrossEntropyLoss"}, 3, _CLASSES),
    "BCELoss": Goal({"type": "BCELoss"}, 2, _SHARES, "sigmoid"),
    "BCEWithLogitsLoss": Goal({"type": "BCEWithLogitsLoss"}, 2, _SHARES),
    "hinge": Goal({"type": "hinge"}, 1, _SIDES),
    "hinge, 3 classes": Goal({"type": "hinge"}, 3, _CLASSES),
}
WEIGHTS = [0.5, 2.0, 1.25]
SPECIAL_LOSSES = {
    "MSELoss sum": Goal({"type": "MSELoss", "reduction": "sum"}, 2, _MEASURED),
    "MSELoss half": Goal({"type": "MSELoss", "factor": 0.5}, 2, _MEASURED),
    "MSELoss half sum": Goal({"type": "MSELoss", "factor": 0.5, "reduction": "sum"}, 2, _MEASURED),
    "L1Loss sum": Goal({"type": "L1Loss", "reduction": "sum"}, 2, _MEASURED),
    "HuberLoss .3": Goal({"type": "HuberLoss", "delta": 0.3}, 2, _MEASURED),
    "HuberLoss 2 sum": Goal({"type": "HuberLoss", "delta": 2.0, "reduction": "sum"}, 2, _MEASURED),
    "SmoothL1Loss .3": Goal({"type": "SmoothL1Loss", "beta": 0.3}, 2, _MEASURED),
    "SmoothL1Loss 2": Goal({"type": "SmoothL1Loss", "beta": 2.0}, 2, _MEASURED),
    "CrossEntropyLoss sum": Goal({"type": "CrossEntropyLoss", "reduction": "sum"}, 3, _CLASSES),
    "CrossEntropyLoss smoothed": Goal({"type": "CrossEntropyLoss", "label_smoothing": 0.2}, 3, _CLASSES),
    "CrossEntropyLoss weighted": Goal({"type": "CrossEntropyLoss", "class_weight": WEIGHTS}, 3, _CLASSES),
    "CrossEntropyLoss weighted, smoothed": Goal(
        {"type": "CrossEntropyLoss", "class_weight": WEIGHTS, "label_smoothing": 0.1}, 3, _CLASSES
    ),
    "BCELoss sum": Goal({"type": "BCELoss", "reduction": "sum"}, 2, _SHARES, "sigmoid"),
    "BCEWithLogitsLoss sum": Goal({"type": "BCEWithLogitsLoss", "reduction": "sum"}, 2, _SHARES),
    "hinge sum": Goal({"type": "hinge", "reduction": "sum"}, 1, _SIDES),
    "hinge, 3 classes, sum": Goal({"type": "hinge", "reduction": "sum"}, 3, _CLASSES),
}

# bodies of networks: what they look at, the layers before and after the activation

Body = tuple[str, list[Config], list[Config]]
_FLAT: Config = {"type": "Flatten"}
_KERNELS: Config = {"type": "Conv2d", "out_channels": 3, "kernel_size": 3}
_DENSE: Config = {"type": "Linear", "out_features": 4}


def _images(*layers: Config) -> Body:
    return "images", list(layers), [_FLAT]


def _sequences(kind: str, **fields: Any) -> Body:
    after = [_FLAT] if fields.get("return") == "all" else []
    return "sequences", [{"type": kind, "hidden_size": 3, "return": "last", **fields}], after


BODIES: dict[str, Body] = {
    "Linear": ("rows", [_DENSE], []),
    "Linear without bias": ("rows", [_DENSE | {"bias": False}], []),
    "Linear on sequences": ("sequences", [{"type": "Linear", "out_features": 2}], [_FLAT]),
    "Reshape": ("rows", [{"type": "Linear", "out_features": 6}, {"type": "Reshape", "shape": [2, -1]}], [_FLAT]),
    "Add": ("rows", [_DENSE, {"type": "tanh"}, _DENSE, {"type": "Add", "from": 0}], []),
}


def network(body: Body, activation: Config | None, goal: Goal) -> Config:
    """The dataset, model and loss blocks of a body with an activation in its middle and a head for the loss."""
    inputs, before, after = body
    middle = [] if activation is None else [activation]
    head = [{"type": "Linear", "out_features": goal.outputs}, *([{"type": goal.head}] if goal.head else [])]
    return {
        "dataset": {"points": {"x": INPUTS[inputs], "y": goal.y}},
        "model": {"layers": [*before, *middle, *after, *head]},
        "loss": goal.loss,
    }


def _config(blocks: Config, optimizer: Config, **others: Any) -> Config:
    training = {"steps": STEPS, "batch_size": BATCH, "shuffle": False, "eval_every": STEPS}
    return {"seed": 0, **blocks, "optimizer": optimizer, "training": training | others.pop("training", {}), **others}


_PLAIN = {"type": "SGD", "lr": 0.05}


def _of_network(body: str, activation: str, kind: Config | None, loss: str, goal: Goal) -> Row:
    blocks = network(BODIES[body], kind, goal)
    return Row(f"{body} / {activation} / {loss}", body, "SGD", f"{body} {goal.outputs}", _config(blocks, _PLAIN))


def layers() -> list[Row]:
    """Every body x activation x loss, and the shaped activations and losses on a Linear layer."""
    rows = [
        _of_network(body, word, kind, loss, goal)
        for body, (word, kind), (loss, goal) in product(BODIES, ACTIVATIONS.items(), LOSSES.items())
    ]
    rows += [_of_network("Linear", word, kind, "MSELoss", LOSSES["MSELoss"]) for word, kind in SHAPED.items()]
    rows += [_of_network("Linear", "tanh", {"type": "tanh"}, loss, goal) for loss, goal in SPECIAL_LOSSES.items()]
    return rows


# optimisers x weight decay x schedules x clipping

OPTIMIZERS: dict[str, Config] = {
    "SGD": {"type": "SGD", "lr": 0.1},
    "SGD momentum": {"type": "SGD", "lr": 0.1, "momentum": 0.9},
    "SGD dampening": {"type": "SGD", "lr": 0.1, "momentum": 0.8, "dampening": 0.3},
    "SGD nesterov": {"type": "SGD", "lr": 0.05, "momentum": 0.9, "nesterov": True},
    "Adam": {"type": "Adam", "lr": 0.05},
    "Adam amsgrad": {"type": "Adam", "lr": 0.05, "amsgrad": True, "betas": [0.5, 0.6]},
    "AdamW": {"type": "AdamW", "lr": 0.05},
    "AdamW amsgrad": {"type": "AdamW", "lr": 0.05, "amsgrad": True, "betas": [0.7, 0.8], "eps": 1e-3},
    "RMSprop": {"type": "RMSprop", "lr": 0.02},
    "RMSprop momentum": {"type": "RMSprop", "lr": 0.02, "momentum": 0.6, "alpha": 0.8},
    "RMSprop centered": {"type": "RMSprop", "lr": 0.02, "centered": True, "eps": 1e-4},
    "Adagrad": {"type": "Adagrad", "lr": 0.1},
    "Adagrad decay": {"type": "Adagrad", "lr": 0.1, "lr_decay": 0.2, "initial_accumulator_value": 0.1},
    "Adadelta": {"type": "Adadelta"},
    "NAdam": {"type": "NAdam", "lr": 0.05},
    "Adamax": {"type": "Adamax", "lr": 0.05},
    "Lion": {"type": "Lion", "lr": 0.01},
}
DECAYS: dict[str, Config] = {"": {}, "decay": {"weight_decay": 0.05}}
SCHEDULES: dict[str, Config] = {
    "": {},
    "StepLR": {"type": "StepLR", "step_size": 2, "gamma": 0.5},
    "MultiStepLR": {"type": "MultiStepLR", "milestones": [1, 4], "gamma": 0.3},
    "ExponentialLR": {"type": "ExponentialLR", "gamma": 0.8},
    "CosineAnnealingLR": {"type": "CosineAnnealingLR", "T_max": 6, "eta_min": 0.001},
    "LinearLR": {"type": "LinearLR"},
    "PolynomialLR": {"type": "PolynomialLR", "total_iters": 9, "power": 2.0},
    "ReduceLROnPlateau": {"type": "ReduceLROnPlateau", "factor": 0.5, "patience": 1, "threshold": 0.2},
    "OneCycleLR": {"type": "OneCycleLR", "max_lr": 0.1, "total_steps": 20},
    "StepLR, steps": {"type": "StepLR", "step_size": 7, "gamma": 0.5, "per": "step"},
    "ExponentialLR, steps": {"type": "ExponentialLR", "gamma": 0.9, "per": "step"},
    "CosineAnnealingLR, steps": {"type": "CosineAnnealingLR", "T_max": 20, "per": "step"},
}
CLIPPINGS: dict[str, Config] = {"": {}, "norm": {"norm": 0.3}, "value": {"value": 0.05}}


def optimizers() -> list[Row]:
    tables = product(OPTIMIZERS.items(), DECAYS.items(), SCHEDULES.items(), CLIPPINGS.items())
    return [_of_optimizer(*words) for words in tables]


def _of_optimizer(optimizer, decay, schedule, clipping) -> Row:
    others: Config = {}
    if schedule[1]:
        others["lr_scheduler"] = schedule[1]
        # a plateau is looked for at recorded points: then one an epoch, and whole epochs
        others["training"] = {"epochs": 7, "steps": None, "eval_every": 1} if "Plateau" in schedule[0] else {}
    if clipping[1]:
        others["gradient_clipping"] = clipping[1]
    name = " / ".join(word for word, _ in (optimizer, decay, schedule, clipping) if word)
    blocks = network(BODIES["Linear"], {"type": "tanh"}, LOSSES["MSELoss"])
    config = _config(blocks, optimizer[1] | decay[1], **others)
    return Row(name, "Linear", optimizer[0], "Linear 2", config)


TABLES = {"layers": layers, "optimizers": optimizers}
