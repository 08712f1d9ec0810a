"""Random configs for worked steps: every layer, activation, loss, penalty, optimiser and schedule, every option.

They are small, so that a step can be printed completely, and mostly valid: a few contradict each other.
"""

from __future__ import annotations

import json
import random
from typing import Any

from bpsandbox.core.nn.activations import ACTIVATIONS

Block = dict[str, Any]
OF_NUMBERS = ("MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss")


def drawn_config(rng: random.Random) -> str:
    """Return a random config; JSON is YAML."""
    task = rng.choice(("numbers", "classes", "classes", "bits"))
    outputs = rng.randrange(1, 4) if task != "classes" else rng.randrange(2, 5)
    samples, layers = DATA[rng.choice(list(DATA))](rng)
    loss, last = LOSSES[task](rng, outputs)
    layers = [*layers, {"type": "Linear", "out_features": outputs, **last, **learned(rng)}]
    optimizer = OPTIMIZERS[rng.choice(list(OPTIMIZERS))](rng)
    is_lbfgs = optimizer["type"] == "LBFGS"
    config = {
        "dataset": {"points": {"x": samples, "y": targets(rng, task, len(samples), outputs)}},
        "model": {"layers": placed(layers)},
        "init": rng.choice(("torch_default", "xavier_uniform", "kaiming_normal", "lecun_normal", "orthogonal")),
        "loss": loss,
        "optimizer": optimizer,
        "training": {
            "steps": rng.randrange(1, 9),
            "batch_size": "full" if is_lbfgs else rng.choice(("full", 1, 2, 3, 5)),
        },
        "dtype": rng.choice(("float64", "float64", "float32")),
        "seeds": {"count": rng.choice((1, 2))},
    }
    return json.dumps({**config, **blocks(rng, is_lbfgs)})


def blocks(rng: random.Random, is_lbfgs: bool) -> Block:
    """Return optional blocks."""
    found: Block = {}
    if rng.random() < 0.3:
        found["regularization"] = penalty(rng)
    if rng.random() < 0.3:
        found["gradient_clipping"] = rng.choice(({"norm": 0.05}, {"norm": 100}, {"value": 0.02}))
    if rng.random() < 0.4 and not is_lbfgs:
        found["lr_scheduler"] = rng.choice(SCHEDULES)
    if rng.random() < 0.4:
        found["compat"] = rng.choice(("keras", "sklearn", "textbook"))
    if rng.random() < 0.3:
        found["bias_init"] = {"type": "uniform", "low": -0.5, "high": 0.5}
    return found


def penalty(rng: random.Random) -> Block:
    found = rng.choice(({"l1": 0.01}, {"l2": 0.1}, {"l1": 0.02, "l2": 0.05}, {"alpha": 0.1}))
    more = rng.choice(({}, {}, {"bias": True}, {} if "alpha" in found else {"per_sample": True}))
    return {**found, **more}


def maybe(rng: random.Random, **fields: tuple[Any, ...]) -> Block:
    """Return each field with one of its values, or omit it."""
    return {name.rstrip("_"): rng.choice(values) for name, values in fields.items() if rng.random() < 0.4}


# data, and the layers that fit it


def number(rng: random.Random) -> float:
    return round(rng.uniform(-2.0, 2.0), rng.choice((1, 2, 3)))


def nested(rng: random.Random, *shape: int) -> Any:
    return [nested(rng, *shape[1:]) for _ in range(shape[0])] if shape else number(rng)


def rows(rng: random.Random) -> tuple[Any, list[Block]]:
    return nested(rng, rng.randrange(3, 8), rng.randrange(1, 5)), body(rng)


def images(rng: random.Random) -> tuple[Any, list[Block]]:
    channels, size = rng.randrange(1, 4), rng.randrange(4, 6)
    layers = [rng.choice(IMAGE_LAYERS)(rng) for _ in range(rng.randrange(1, 4))]
    return nested(rng, rng.randrange(2, 6), channels, size, size), [*layers, *flat(rng), *body(rng, 1)]


def sequences(rng: random.Random) -> tuple[Any, list[Block]]:
    return nested(rng, rng.randrange(2, 7), rng.randrange(2, 5), rng.randrange(1, 4)), through_time(rng)


def tokens(rng: random.Random) -> tuple[Any, list[Block]]:
    length = rng.randrange(2, 5)
    found = [[rng.randrange(4) for _ in range(length)] for _ in range(rng.randrange(2, 7))]
    embedding = {"type": "Embedding", "num_embeddings": 4, "embedding_dim": rng.randrange(1, 4), **learned(rng)}
    return found, [embedding, *through_time(rng)]


DATA = {"rows": rows, "more rows": rows, "images": images, "sequences": sequences, "tokens": tokens}


def targets(rng: random.Random, task: str, count: int, outputs: int) -> Any:
    if task == "classes":
        return [place % outputs for place in range(count)] if count >= outputs else [0, 1]
    if task == "bits":
        return [[rng.choice((0, 1)) for _ in range(outputs)] for _ in range(count)]
    return nested(rng, count, outputs)


def through_time(rng: random.Random) -> list[Block]:
    between = [rng.choice(SEQUENCE_LAYERS)(rng) for _ in range(rng.randrange(3))]
    last = [recurrent(rng)] if rng.random() < 0.6 else flat(rng)
    return [*between, *last, *body(rng, 1)]


def flat(rng: random.Random) -> list[Block]:
    return [{"type": "Flatten"}] if rng.random() < 0.7 else [{"type": "Reshape", "shape": [-1]}]


def body(rng: random.Random, most: int = 3) -> list[Block]:
    """Return layers of rows; sometimes a residual connection over two of them."""
    layers = [rng.choice(ROW_LAYERS)(rng) for _ in range(rng.randrange(most + 1))]
    return [*layers, *residual(rng)] if rng.random() < 0.3 else layers


def residual(rng: random.Random) -> list[Block]:
    """Return a residual block; `placed` counts the layers before it."""
    width = rng.randrange(2, 5)
    inner = rng.choice((linear(rng, width), activation(rng), norm(rng, "BatchNorm1d")))
    added = {"type": "Add", "from": 2, **maybe(rng, activation=(activation(rng),))}
    return [linear(rng, width), inner, added]


def placed(layers: list[Block]) -> list[Block]:
    """Return the layers, each Add with the index of the layer that many places before it."""
    return [
        {**layer, "from": place - layer["from"]} if layer["type"] == "Add" else layer
        for place, layer in enumerate(layers)
    ]


# layers


def learned(rng: random.Random) -> Block:
    return maybe(rng, trainable=(True, True, False), lr=(0.03,)) if rng.random() < 0.3 else {}


def activation(rng: random.Random) -> Block:
    name = rng.choice(list(ACTIVATIONS))
    options: Block = {
        "leaky_relu": maybe(rng, negative_slope=(0.2, -0.1)),
        "elu": maybe(rng, alpha=(0.5, 2.0)),
        "gelu": maybe(rng, approximate=("none", "tanh", "tanh")),
        "softplus": maybe(rng, beta=(2.0, 0.5), threshold=(1.0,)),
        "hardtanh": maybe(rng, min_val=(-0.3,), max_val=(0.4,)),
        "step": {"straight_through": True},
    }
    return {"type": name, **options.get(name, {})}


def linear(rng: random.Random, width: int | None = None) -> Block:
    more = maybe(rng, activation=(activation(rng),), bias=(False,))
    return {"type": "Linear", "out_features": width or rng.randrange(1, 6), **more, **learned(rng)}


def norm(rng: random.Random, kind: str) -> Block:
    more = maybe(rng, affine=(False,), eps=(1e-3, 0.1), activation=(activation(rng),))
    if kind != "LayerNorm":
        more.update(maybe(rng, momentum=(0.3, 1.0), unbiased=(False,)))
    return {"type": kind, **more, **(learned(rng) if more.get("affine", True) else {})}


def dropout(rng: random.Random) -> Block:
    return {"type": "Dropout", **maybe(rng, p=(0.2, 0.7, 0.0))}


def conv(rng: random.Random) -> Block:
    more = maybe(
        rng, stride=(1, 2, [1, 2]), padding=("same", 1, [0, 1]), dilation=(1, [1, 2]), bias=(False,),
        activation=(activation(rng),),
    )  # fmt: skip
    if more.get("padding") == "same":
        more.pop("stride", None)
    size = rng.choice((1, 2, 3, [1, 2], [2, 3]))
    return {"type": "Conv2d", "out_channels": rng.randrange(1, 4), "kernel_size": size, **more, **learned(rng)}


def pool(rng: random.Random) -> Block:
    more = maybe(rng, stride=(1, 2, [1, 2]), padding=(1, [0, 1]))
    return {"type": rng.choice(("MaxPool2d", "AvgPool2d")), "kernel_size": rng.choice((2, [1, 2], [2, 3])), **more}


def recurrent(rng: random.Random) -> Block:
    kind = rng.choice(("RNN", "LSTM", "GRU"))
    more = maybe(rng, bias=(False,), truncate=(1, 2))
    more.update({"RNN": maybe(rng, nonlinearity=("relu",)), "GRU": maybe(rng, reset_after=(False,))}.get(kind, {}))
    return {"type": kind, "hidden_size": rng.randrange(1, 4), **more, **learned(rng)}


ROW_LAYERS = (
    linear,
    linear,
    linear,
    activation,
    activation,
    dropout,
    lambda rng: norm(rng, "BatchNorm1d"),
    lambda rng: norm(rng, "LayerNorm"),
)
IMAGE_LAYERS = (
    conv,
    conv,
    pool,
    activation,
    dropout,
    lambda rng: norm(rng, "BatchNorm2d"),
    lambda rng: norm(rng, "LayerNorm"),
    lambda rng: norm(rng, "LayerNorm") | {"normalized_shape": [4, 4]},
)
SEQUENCE_LAYERS = (
    lambda rng: {**recurrent(rng), "return": "all"},
    lambda rng: {**recurrent(rng), "return": "all"},
    linear,
    activation,
    dropout,
    lambda rng: norm(rng, "BatchNorm1d"),
    lambda rng: norm(rng, "LayerNorm"),
)


# losses, and the activation that the last layer needs


def loss_of_numbers(rng: random.Random, outputs: int) -> tuple[Block, Block]:
    kind = rng.choice(OF_NUMBERS)
    options: Block = {
        "MSELoss": maybe(rng, factor=(0.5, 2.0)),
        "HuberLoss": maybe(rng, delta=(0.5, 2.0)),
        "SmoothL1Loss": maybe(rng, beta=(0.5, 2.0)),
    }
    reduction = maybe(rng, reduction=("mean", "sum", "batchmean"))
    return {"type": kind, **options.get(kind, {}), **reduction}, maybe(rng, activation=(activation(rng),))


def loss_of_classes(rng: random.Random, outputs: int) -> tuple[Block, Block]:
    reduction = maybe(rng, reduction=("mean", "sum"))
    kind = rng.choice(("CrossEntropyLoss", "CrossEntropyLoss", "hinge", "MSELoss"))
    if kind == "MSELoss":
        return loss_of_numbers(rng, outputs)
    if kind == "hinge":
        return {"type": kind, **reduction}, maybe(rng, activation=(activation(rng),))
    weights = [0.5, 1.0, 2.0, 1.5][:outputs]
    options = maybe(rng, label_smoothing=(0.1, 0.3), class_weight=(weights,), from_logits=(False,))
    ends = rng.choice(("softmax", "softmax", "sigmoid")) if options.get("from_logits") is False else ""
    return {"type": kind, **options, **reduction}, {"activation": ends} if ends else {}


def loss_of_bits(rng: random.Random, outputs: int) -> tuple[Block, Block]:
    reduction = maybe(rng, reduction=("mean", "sum", "batchmean"))
    if rng.random() < 0.5:
        return {"type": "BCELoss", **reduction}, {"activation": "sigmoid"}
    return {"type": "BCEWithLogitsLoss", **reduction}, {}


LOSSES = {"numbers": loss_of_numbers, "classes": loss_of_classes, "bits": loss_of_bits}


# optimisers

SHARES = ([0.8, 0.9], [0.9, 0.95], [0.0, 0.5])


def common(rng: random.Random) -> Block:
    return {"lr": rng.choice((0.01, 0.05, 0.2)), **maybe(rng, weight_decay=(0.05, 0.3))}


def coupled(rng: random.Random) -> Block:
    return {**common(rng), **maybe(rng, decoupled_weight_decay=(True,))}


def sgd(rng: random.Random) -> Block:
    momentum = maybe(rng, momentum=(0.5, 0.9), momentum_form=("gradients", "updates"))
    if "momentum" in momentum:
        momentum.update(rng.choice(({}, {"nesterov": True}, {"dampening": 0.3})))
    return {"type": "SGD", **coupled(rng), **momentum}


def adam(rng: random.Random, kind: str) -> Block:
    more = maybe(rng, betas=SHARES, eps=(1e-3,), eps_place=("corrected", "uncorrected"), amsgrad=(True,))
    return {"type": kind, **(common(rng) if kind == "AdamW" else coupled(rng)), **more}


def rmsprop(rng: random.Random) -> Block:
    more = maybe(
        rng, alpha=(0.5, 0.9), eps=(1e-3,), eps_place=("outside", "inside"), momentum=(0.5,),
        momentum_form=("gradients", "updates"), centered=(True,),
    )  # fmt: skip
    return {"type": "RMSprop", **coupled(rng), **more}


def adagrad(rng: random.Random) -> Block:
    more = maybe(rng, lr_decay=(0.1,), eps=(1e-3,), eps_place=("outside", "inside"), initial_accumulator_value=(0.1,))
    return {"type": "Adagrad", **coupled(rng), **more}


def nadam(rng: random.Random) -> Block:
    return {"type": "NAdam", **coupled(rng), **maybe(rng, betas=SHARES, eps=(1e-3,), momentum_decay=(0.1,))}


def adamax(rng: random.Random) -> Block:
    return {"type": "Adamax", **coupled(rng), **maybe(rng, betas=SHARES, eps=(1e-3,), eps_place=("inside", "outside"))}


def lbfgs(rng: random.Random) -> Block:
    more = maybe(rng, max_iter=(1, 3), history_size=(1, 2), line_search_fn=("none", "strong_wolfe"), max_eval=(2,))
    return {"type": "LBFGS", "lr": rng.choice((1.0, 0.1)), **more}


OPTIMIZERS = {
    "SGD": sgd,
    "Adam": lambda rng: adam(rng, "Adam"),
    "AdamW": lambda rng: adam(rng, "AdamW"),
    "RMSprop": rmsprop,
    "Adagrad": adagrad,
    "Adadelta": lambda rng: {"type": "Adadelta", **coupled(rng), **maybe(rng, rho=(0.5, 0.95), eps=(1e-3,))},
    "NAdam": nadam,
    "Adamax": adamax,
    "Lion": lambda rng: {"type": "Lion", **common(rng), **maybe(rng, betas=SHARES)},
    "LBFGS": lbfgs,
}
SCHEDULES = (
    *(
        {**block, "per": per}
        for per in ("epoch", "step")
        for block in (
            {"type": "StepLR", "step_size": 2},
            {"type": "StepLR", "step_size": 1, "gamma": 0.5},
            {"type": "MultiStepLR", "milestones": [1, 3]},
            {"type": "ExponentialLR", "gamma": 0.9},
            {"type": "CosineAnnealingLR", "eta_min": 0.001},
            {"type": "CosineAnnealingLR", "T_max": 4},
            {"type": "LinearLR", "start_factor": 0.5, "total_iters": 4},
            {"type": "PolynomialLR", "total_iters": 6, "power": 2.0},
        )
    ),
    {"type": "ReduceLROnPlateau", "patience": 0, "threshold": 0.5},
    {"type": "OneCycleLR", "max_lr": 0.1},
    {"type": "OneCycleLR", "max_lr": 0.1, "pct_start": 0.5, "div_factor": 4.0},
)
