"""Trajectories compared with other libraries: a table of configs, the product of smaller tables.

A row is a config without initial values. These are drawn from the row's `start` keyword by the peer that knows the
shapes, rounded to three decimals and recorded, like what the peer computed from them. To cover another layer, add a
line to BODIES (and its module to `pytorch.MODULES`).
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from typing import Any

Config = dict[str, Any]
STEPS = 20
SAMPLES, BATCH = 12, 5
"""Batches of 5, 5 and 2: the last one is short."""


@dataclass(frozen=True)
class Row:
    """One trajectory of 20 steps: its group, the source of its initial values, and its config without them."""

    name: str
    layer: str
    optimizer: str
    start: str
    config: Config


def fingerprint(config: Config) -> str:
    """Return a fingerprint of a config; a record of another one is useless."""
    return sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:12]


def numbers(word: str, *shape: int, scale: float = 1.5) -> Any:
    """Return nested lists of numbers with two decimals, determined by a keyword."""
    rng = random.Random(word)

    def draw(axes: tuple[int, ...]) -> Any:
        return [draw(axes[1:]) for _ in range(axes[0])] if axes else round(rng.uniform(-scale, scale), 2)

    return draw(shape)


def whole_numbers(word: str, limit: int, *shape: int) -> Any:
    """Return nested lists of integers below `limit`, each of which occurs."""
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
    """Return numbers between 0 and 1, some of them 0 and 1."""
    return [[min(1.0, max(0.0, abs(x))) for x in row] for row in numbers(word, *shape, scale=1.2)]


def start_of(word: str, shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Return numbers with three decimals for every parameter, determined by a keyword."""
    rng = random.Random(word)

    def draw(axes: tuple[int, ...]) -> Any:
        return [draw(axes[1:]) for _ in range(axes[0])] if axes else round(rng.uniform(-0.7, 0.7), 3)

    return {name: draw(shape) for name, shape in shapes.items()}


# network inputs

INPUTS = {
    "rows": numbers("rows", SAMPLES, 3),
    "images": numbers("images", SAMPLES, 1, 5, 5),
    "pictures": numbers("pictures", SAMPLES, 2, 6, 5),
    "flat pictures": [[[[level / 4.0] * 5] * 5] for level in whole_numbers("levels", 7, SAMPLES)],
    "sequences": numbers("sequences", SAMPLES, 6, 3),
    "tokens": whole_numbers("tokens", 7, SAMPLES, 4),
}

# activations, as `activation:` or as layers of their own; unspecified options are the library's defaults

ACTIVATIONS: dict[str, Config] = {
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
    """A loss with its head and targets."""

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

# bodies of networks: their input, the layers before and after the activation

Body = tuple[str, list[Config], list[Config]]
_FLAT: Config = {"type": "Flatten"}
_DENSE: Config = {"type": "Linear", "out_features": 4}
_CONV: Config = {"type": "Conv2d", "out_channels": 2, "kernel_size": 2}
_STEP: Config = {"type": "step", "straight_through": True}
_TOKENS: Config = {"type": "Embedding", "num_embeddings": 7, "embedding_dim": 3}


def _images(*layers: Config) -> Body:
    return "images", list(layers), [_FLAT]


def _pictures(*layers: Config) -> Body:
    return "pictures", list(layers), [_FLAT]


def _rows(*layers: Config) -> Body:
    return "rows", list(layers), []


def _read(kind: str, *before: Config, inputs: str = "sequences", **fields: Any) -> Body:
    """Return a recurrent layer, after others if its dL/dx is needed."""
    layers = [*before, {"type": kind, "hidden_size": 3, **fields}]
    return inputs, layers, [_FLAT] if fields.get("return") == "all" else []


def _layer(kind: str, **fields: Any) -> Config:
    return {"type": kind, **fields}


BODIES: dict[str, Body] = {
    "Linear": _rows(_DENSE),
    "Reshape": ("rows", [_layer("Linear", out_features=6), _layer("Reshape", shape=[2, -1])], [_FLAT]),
    "Add": _rows(_DENSE, {"type": "tanh"}, _DENSE, {"type": "Add", "from": 0}),
    "Conv2d": _images(_CONV, _layer("Conv2d", out_channels=3, kernel_size=3)),
    "MaxPool2d": _images(_CONV, _layer("MaxPool2d", kernel_size=2)),
    "AvgPool2d": _images(_CONV, _layer("AvgPool2d", kernel_size=2)),
    "Flatten": ("sequences", [_layer("Linear", out_features=2), _FLAT], []),
    "Embedding": ("tokens", [_TOKENS], [_FLAT]),
    "RNN": _read("RNN", _TOKENS, inputs="tokens"),
    "LSTM": _read("LSTM", _TOKENS, inputs="tokens"),
    "GRU": _read("GRU", _TOKENS, inputs="tokens"),
    "Dropout": _rows(_DENSE, _layer("Dropout", p=0.3)),
    "BatchNorm1d": _rows(_DENSE, _layer("BatchNorm1d")),
    "BatchNorm2d": _images(_CONV, _layer("BatchNorm2d")),
    "LayerNorm": _rows(_DENSE, _layer("LayerNorm")),
}
"""With all activations and losses."""

_WIDE = _layer("Linear", out_features=2)
VARIANTS: dict[str, Body] = {
    "Linear without bias": _rows(_DENSE | {"bias": False}),
    "Linear, rate of its own": _rows(_DENSE | {"lr": 0.2}, {"type": "tanh"}, _DENSE | {"lr": 0.0}),
    "Linear, held": _rows(_DENSE, {"type": "tanh"}, _DENSE | {"trainable": False}),
    "Linear on sequences": ("sequences", [_WIDE, {"type": "tanh"}, _DENSE], [_FLAT]),
    "Add, of an activation and of an addition": _rows(
        _DENSE | {"activation": {"type": "relu"}}, _DENSE, {"type": "Add", "from": 0}, {"type": "Add", "from": 1}
    ),
    "Conv2d first, without bias": _pictures(_CONV | {"bias": False}),
    "Conv2d strided, padded": _pictures(
        _CONV, _layer("Conv2d", out_channels=2, kernel_size=[3, 2], stride=[2, 1], padding=[1, 0])
    ),
    "Conv2d whose stride leaves a rest": _pictures(_CONV, _layer("Conv2d", out_channels=3, kernel_size=2, stride=2)),
    "Conv2d dilated": _pictures(_CONV, _layer("Conv2d", out_channels=3, kernel_size=2, dilation=[1, 2], padding=1)),
    "Conv2d same": _pictures(_CONV, _layer("Conv2d", out_channels=2, kernel_size=[3, 2], padding="same")),
    "Conv2d 1 x 1": _pictures(_CONV, _layer("Conv2d", out_channels=3, kernel_size=1)),
    "Conv2d of images the kernel's size": _pictures(_layer("Conv2d", out_channels=3, kernel_size=[6, 5])),
    "MaxPool2d overlapping, padded": _pictures(_CONV, _layer("MaxPool2d", kernel_size=3, stride=1, padding=1)),
    "MaxPool2d of ties": _pictures(_CONV, _STEP, _layer("MaxPool2d", kernel_size=[2, 3], stride=1)),
    "MaxPool2d of flat pictures": ("flat pictures", [_CONV, _layer("MaxPool2d", kernel_size=2)], [_FLAT]),
    "AvgPool2d overlapping, padded": _pictures(
        _CONV, _layer("AvgPool2d", kernel_size=[3, 2], stride=[1, 2], padding=[1, 0])
    ),
    "RNN first": _read("RNN"),
    "RNN relu, all steps": _read("RNN", _WIDE, nonlinearity="relu", **{"return": "all"}),
    "RNN without bias": _read("RNN", _WIDE, bias=False),
    "RNN truncated": _read("RNN", _WIDE, truncate=4),
    "RNN truncated, all steps": _read("RNN", _WIDE, truncate=2, **{"return": "all"}),
    "RNN truncated to one step": _read("RNN", _WIDE, truncate=1),
    "LSTM all steps": _read("LSTM", _WIDE, **{"return": "all"}),
    "LSTM without bias": _read("LSTM", bias=False),
    "LSTM truncated": _read("LSTM", _WIDE, truncate=4),
    "LSTM truncated, all steps": _read("LSTM", _WIDE, truncate=2, **{"return": "all"}),
    "GRU all steps": _read("GRU", _WIDE, **{"return": "all"}),
    "GRU without bias": _read("GRU", bias=False),
    "GRU truncated": _read("GRU", _WIDE, truncate=4),
    "GRU truncated, all steps": _read("GRU", _WIDE, truncate=2, **{"return": "all"}),
    "LSTM behind GRU": _read("LSTM", _layer("GRU", hidden_size=2, **{"return": "all"})),
    "Dropout twice": _rows(_layer("Dropout", p=0.2), _DENSE, _layer("Dropout", p=0.5)),
    "Dropout p 0": _rows(_DENSE, _layer("Dropout", p=0.0)),
    "BatchNorm1d other momentum, eps": _rows(_DENSE, _layer("BatchNorm1d", momentum=0.4, eps=0.01)),
    "BatchNorm1d without affine": _rows(_DENSE, _layer("BatchNorm1d", affine=False)),
    "BatchNorm1d first": _rows(_layer("BatchNorm1d")),
    "BatchNorm1d on sequences": ("sequences", [_WIDE, _layer("BatchNorm1d")], [_FLAT]),
    "BatchNorm2d other momentum, eps": _pictures(_CONV, _layer("BatchNorm2d", momentum=0.4, eps=0.01)),
    "BatchNorm2d without affine": _pictures(_CONV, _layer("BatchNorm2d", affine=False)),
    "LayerNorm without affine, other eps": _rows(_DENSE, _layer("LayerNorm", affine=False, eps=0.01)),
    "LayerNorm of two axes": ("sequences", [_WIDE, _layer("LayerNorm", normalized_shape=[6, 2])], [_FLAT]),
    "LayerNorm on sequences": ("sequences", [_layer("LayerNorm")], [_FLAT]),
}
"""With tanh, and losses of both kinds."""


def network(body: Body, activation: Config, goal: Goal) -> Config:
    """Return the dataset, model and loss blocks of a body with an activation in its middle and a head for the loss."""
    inputs, before, after = body
    head = [{"type": "Linear", "out_features": goal.outputs}, *([{"type": goal.head}] if goal.head else [])]
    return {
        "dataset": {"points": {"x": INPUTS[inputs], "y": goal.y}},
        "model": {"layers": [*before, activation, *after, *head]},
        "loss": goal.loss,
    }


def _config(blocks: Config, optimizer: Config, **others: Any) -> Config:
    training = {"steps": STEPS, "batch_size": BATCH, "shuffle": False, "eval_every": STEPS}
    return {"seed": 0, **blocks, "optimizer": optimizer, "training": training | others.pop("training", {}), **others}


_PLAIN = {"type": "SGD", "lr": 0.05}
_ODD = {"type": "SGD", "lr": 0.0931715}
"""Gradients of a few sizes sum to round numbers, and a step's input to 0, where rounding decides on its side."""
_FEW_SIZES = ("L1Loss", "hinge", "hinge, 3 classes")


def _of_network(word: str, body: Body, activation: str, loss: str, goal: Goal, kind: Config | None = None) -> Row:
    kind = kind or {**ACTIVATIONS, **SHAPED}[activation]
    layer = next((kind for kind in BODIES if kind == word.partition(" ")[0].rstrip(",")), "Linear")
    config = _config(network(body, kind, goal), _ODD if activation == "step" and loss in _FEW_SIZES else _PLAIN)
    return Row(f"{word} / {activation} / {loss}", layer, "SGD", f"{word} {goal.outputs}", config)


def layers() -> list[Row]:
    """Return every kind of layer x activation x loss; variants of layers, and of activations and losses on a Linear
    layer.
    """
    linear = BODIES["Linear"]
    rows = [
        _of_network(word, body, activation, loss, goal)
        for (word, body), activation, (loss, goal) in product(BODIES.items(), ACTIVATIONS, LOSSES.items())
    ]
    rows += [
        _of_network(word, body, "tanh", loss, LOSSES[loss])
        for (word, body), loss in product(VARIANTS.items(), ("MSELoss", "CrossEntropyLoss"))
    ]
    rows += [_of_network("Linear", linear, word, "MSELoss", LOSSES["MSELoss"]) for word in SHAPED]
    rows += [_of_network("Linear", linear, "tanh", loss, goal) for loss, goal in SPECIAL_LOSSES.items()]
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
CLIPPINGS: dict[str, Config] = {"": {}, "norm": {"norm": 1.0}, "value": {"value": 0.05}}


def optimizers() -> list[Row]:
    tables = product(OPTIMIZERS.items(), DECAYS.items(), SCHEDULES.items(), CLIPPINGS.items())
    return [_of_optimizer(*words) for words in tables]


def _of_optimizer(optimizer, decay, schedule, clipping) -> Row:
    others: Config = {}
    if schedule[1]:
        others["lr_scheduler"] = schedule[1]
        # a plateau is detected at recorded points: one per epoch, and complete epochs
        others["training"] = {"epochs": 7, "steps": None, "eval_every": 1} if "Plateau" in schedule[0] else {}
    if clipping[1]:
        others["gradient_clipping"] = clipping[1]
    name = " / ".join(word for word, _ in (optimizer, decay, schedule, clipping) if word)
    blocks = network(BODIES["Linear"], {"type": "tanh"}, LOSSES["MSELoss"])
    config = _config(blocks, optimizer[1] | decay[1], **others)
    return Row(name, "Linear", optimizer[0], "Linear 2", config)


# what is easily misread: edge cases, penalties, options hidden by defaults

AT_ZERO: dict[str, Config] = {
    "relu": {"type": "relu"},
    "leaky_relu": {"type": "leaky_relu", "negative_slope": 0.3},
    "elu": {"type": "elu", "alpha": 0.5},
    "hardtanh": {"type": "hardtanh", "min_val": 0.0, "max_val": 1.0},
}
"""Activations with a kink at 0, behind steps and a layer without bias: many of their inputs are 0 exactly."""
_SEVERAL_AT_0 = "relu at 0 2e"
"""A start of which that is true."""
_KINKED = _rows(_WIDE, _STEP, _DENSE | {"bias": False})
PENALTIES: dict[str, Config] = {
    "l1": {"l1": 0.02},
    "l2": {"l2": 0.1},
    "l1, l2, biases too": {"l1": 0.01, "l2": 0.1, "bias": True},
}
SETTINGS: dict[str, Config] = {
    "Adam of large eps": {"type": "Adam", "lr": 0.1, "eps": 0.1},
    "AdamW of large decay": {"type": "AdamW", "lr": 0.1, "weight_decay": 0.5},
    "RMSprop of large eps": {"type": "RMSprop", "lr": 0.1, "eps": 0.1, "alpha": 0.9},
    "RMSprop centered, momentum": {"type": "RMSprop", "centered": True, "eps": 1e-3, "momentum": 0.5},
    "Adagrad of large eps": {"type": "Adagrad", "lr": 0.1, "eps": 0.1},
    "Adadelta slow": {"type": "Adadelta", "lr": 0.5, "rho": 0.6, "eps": 1e-3},
    "NAdam of large decay": {"type": "NAdam", "lr": 0.1, "betas": [0.8, 0.9], "momentum_decay": 0.3},
    "Adamax of large eps": {"type": "Adamax", "lr": 0.1, "betas": [0.8, 0.7], "eps": 0.1},
    "Lion of other betas": {"type": "Lion", "lr": 0.01, "betas": [0.5, 0.8], "weight_decay": 0.3},
    "SGD nesterov, decay": {"type": "SGD", "lr": 0.1, "momentum": 0.5, "nesterov": True, "weight_decay": 0.2},
}
SEARCHES: dict[str, Config] = {
    "LBFGS": {"type": "LBFGS", "lr": 0.5, "max_iter": 4},
    "LBFGS of a short history": {"type": "LBFGS", "lr": 0.1, "max_iter": 5, "max_eval": 4, "history_size": 3},
    "LBFGS with a line search": {"type": "LBFGS", "max_iter": 3, "line_search_fn": "strong_wolfe"},
    "LBFGS searching far": {"type": "LBFGS", "lr": 0.004, "max_iter": 2, "line_search_fn": "strong_wolfe"},
    "LBFGS searching near": {"type": "LBFGS", "lr": 30.0, "max_iter": 2, "line_search_fn": "strong_wolfe"},
}
FAR = ("CrossEntropyLoss", "BCELoss", "BCEWithLogitsLoss", "hinge", "hinge, 3 classes", "MSELoss", "HuberLoss")
"""Losses of numbers far from 0: exponentials that overflow, logarithms of 0, examples beyond every margin."""


def meanings() -> list[Row]:
    goal = LOSSES["MSELoss"]
    rows = [
        replace(_of_network(f"{word} at 0", _KINKED, word, "MSELoss", goal, kind), start=_SEVERAL_AT_0)
        for word, kind in AT_ZERO.items()
    ]
    plain = network(BODIES["Linear"], {"type": "tanh"}, LOSSES["CrossEntropyLoss"])
    for word, penalty in PENALTIES.items():
        config = _config(plain, _PLAIN, regularization=penalty)
        rows.append(Row(f"penalty {word}", "Linear", "SGD", "Linear 3", config))
    for word, optimizer in SETTINGS.items():
        rows.append(Row(word, "Linear", word.partition(" ")[0], "Linear 3", _config(plain, optimizer)))
    measured = network(BODIES["Linear"], {"type": "tanh"}, LOSSES["MSELoss"])
    for (word, optimizer), penalty in product(SEARCHES.items(), ({}, PENALTIES["l2"])):
        config = _config(measured, optimizer, training={"batch_size": "full"})
        config |= {"regularization": penalty} if penalty else {}
        rows.append(Row(f"{word}{', l2' if penalty else ''}", "Linear", "LBFGS", "Linear 2", config))
    return rows + [_far(loss) for loss in FAR]


def _far(loss: str) -> Row:
    """Return inputs up to 2000 and hardly any training, so that the numbers stay as large."""
    blocks = network(BODIES["Linear"], {"type": "identity"}, LOSSES[loss])
    blocks["dataset"] = {"points": {"x": numbers("far", SAMPLES, 3, scale=2000.0), "y": LOSSES[loss].y}}
    config = _config(blocks, {"type": "SGD", "lr": 1e-7})
    return Row(f"far from 0 / {loss}", "Linear", "SGD", f"Linear {LOSSES[loss].outputs}", config)


# scikit-learn's networks, under `compat: sklearn`

SOLVERS: dict[str, Config] = {
    "sgd": {"type": "SGD", "lr": 0.1},
    "sgd without nesterov": {"type": "SGD", "lr": 0.1, "momentum": 0.8, "nesterov": False},
    "sgd without momentum": {"type": "SGD", "lr": 0.1, "momentum": 0.0, "nesterov": False},
    "adam": {"type": "Adam", "lr": 0.05},
    "adam of large eps": {"type": "Adam", "lr": 0.1, "betas": [0.8, 0.9], "eps": 0.1},
}
PREDICTIONS = {
    "regressor": Goal({"type": "MSELoss"}, 1, [y[0] for y in _MEASURED]),
    "two classes": Goal({"type": "BCEWithLogitsLoss"}, 1, _SIDES),
    "three classes": Goal({"type": "CrossEntropyLoss"}, 3, _CLASSES),
}


def sklearn() -> list[Row]:
    tables = product(SOLVERS, ("identity", "sigmoid", "tanh", "relu"), PREDICTIONS, (0.0, 0.3))
    return [_of_sklearn(*words) for words in tables]


def _of_sklearn(solver: str, activation: str, prediction: str, alpha: float) -> Row:
    goal = PREDICTIONS[prediction]
    hidden = [_DENSE | {"activation": {"type": activation}}, _DENSE | {"activation": {"type": activation}}]
    config = {
        "compat": "sklearn",
        "seed": 0,
        "dataset": {"points": {"x": INPUTS["rows"], "y": goal.y}},
        "model": {"layers": [*hidden, {"type": "Linear", "out_features": goal.outputs}]},
        "loss": goal.loss,
        "regularization": {"alpha": alpha},
        "optimizer": SOLVERS[solver],
        "training": {"epochs": 7, "batch_size": BATCH, "shuffle": False, "eval_every": 7},
    }
    name = f"{solver} / {activation} / {prediction} / alpha {alpha}"
    return Row(name, "Linear", f"sklearn {solver}", f"sklearn {goal.outputs}", config)


TABLES = {"layers": layers, "optimizers": optimizers, "meanings": meanings, "sklearn": sklearn}
PEERS = dict.fromkeys(TABLES, "pytorch") | {"sklearn": "scikit_learn"}
"""The module here that plays a table."""
