"""Random configs of any layer, loss, optimiser and initialisation: small, and mostly valid."""

from __future__ import annotations

import random

import yaml

from bpsandbox.core.nn.activations import ACTIVATIONS
from bpsandbox.spec.language import initialisation, optimizer

ROWS = (
    "{name: xor}",
    "{name: circle, n_samples: 40}",
    "{name: spiral, n_samples: 33}",
    "{name: iris, standardize: standard}",
    "{name: moons, n_samples: 30, split: {val: 0.2, test: 0.2, stratify: true}}",
    "{name: sine, n_samples: 20}",
    "{name: plane, n_samples: 24, features: [x, y, x*y]}",
    "{points: {x: [[1, 2], [3, 4], [5, 7]], y: [0.5, 1, 2]}}",
)
IMAGES = (
    "{name: digits, standardize: minmax, split: {test: 0.95, seed: 3}}",
    "{points: {x: [[[[1, 0, 2], [0, 1, 0], [1, 1, 0]]], [[[0, 0, 1], [1, 2, 0], [0, 1, 1]]]], y: [0, 1]}}",
)
SEQUENCES = (
    "{name: parity, length: 5, n_samples: 30}",
    "{name: adding, length: 6, n_samples: 30}",
    "{name: echo, length: 5, n_samples: 20}",
    "{name: sine_next, length: 6, n_samples: 30}",
)
SCHEDULES = (
    "{type: StepLR, step_size: 2}",
    "{type: MultiStepLR, milestones: [1, 3]}",
    "{type: ExponentialLR, gamma: 0.9}",
    "{type: CosineAnnealingLR, per: step}",
    "{type: LinearLR}",
    "{type: PolynomialLR}",
    "{type: ReduceLROnPlateau}",
    "{type: OneCycleLR, max_lr: 0.1}",
)
STARTS = [name for name in initialisation.INIT.records if name not in ("values", "constant")]
ACTIVE = [name for name in ACTIVATIONS if name != "step"]
MEASURED = ("sine", "plane", "adding", "0.5, 1, 2", "echo")
OF_NUMBERS = ("MSELoss", "L1Loss", "HuberLoss", "SmoothL1Loss")
OF_CLASSES = ("CrossEntropyLoss", "hinge", "MSELoss")
EXTRAS = (
    "gradient_clipping: {norm: 1}",
    "gradient_clipping: {value: 0.1}",
    "regularization: {l1: 0.01, l2: 0.1}",
    "checks: {gradient_check: {samples_per_tensor: 3}}",
    "checks: {overfit_tiny: {n_samples: 4, steps: 20}}",
    "stopping: {type: Tolerance, patience: 1}",
    "record: {worked_example: {}}",
    "record: {gradients: true, activations: true, weights: [0]}",
    "metrics: [accuracy]",
    "compat: keras",
    "compat: sklearn",
    "compat: textbook",
)


def random_config(rng: random.Random) -> str:
    """Return a config with randomly drawn parts; a few contradict each other."""
    data = rng.choice(rng.choice((ROWS, IMAGES, SEQUENCES)))
    losses = OF_NUMBERS if any(name in data for name in MEASURED) else OF_CLASSES
    name = rng.choice(list(optimizer.OPTIMIZER.records))
    steps = rng.randrange(1, 5 if name == "LBFGS" else 25)
    batch = "full" if name == "LBFGS" else rng.choice(("full", 2, 5, 7))
    lines = [
        f"dataset: {data}",
        f"model: {{layers: [{', '.join(random_layers(rng, data))}]}}",
        f"loss: {rng.choice(losses)}",
        f"training: {{steps: {steps}, batch_size: {batch}, eval_every: 5}}",
        f"seeds: {{count: {rng.choice((1, 1, 2, 5))}}}",
        f"dtype: {rng.choice(('float64', 'float32'))}",
        f"optimizer: {{type: {name}, lr: {rng.choice((1e-3, 0.01, 0.1, 1, 100))}}}",
    ]
    return "\n".join([*lines, *extras(rng)]) + "\n"


def extras(rng: random.Random) -> list[str]:
    """Return up to three more blocks, each once."""
    drawn = (*EXTRAS, f"init: {rng.choice(STARTS)}", f"lr_scheduler: {rng.choice(SCHEDULES)}")
    return list({line.split(":")[0]: line for line in rng.sample(drawn, rng.randrange(4))}.values())


def random_layers(rng: random.Random, data: str) -> list[str]:
    layers: list[str] = []
    if data in IMAGES:
        layers = [*rng.sample(for_images(rng), rng.randrange(1, 4)), "Flatten"]
    if data in SEQUENCES:
        layers = for_sequences(rng, data)
    layers += [rng.choice(for_rows(rng)) for _ in range(rng.randrange(3))]
    if rng.random() < 0.3:
        layers += residual(len(layers))
    return [*layers, f"{{type: Linear, out_features: {outputs(data)}}}"]


def for_rows(rng: random.Random) -> list[str]:
    linear = f"{{type: Linear, out_features: {rng.randrange(2, 9)}, activation: {rng.choice(ACTIVE)}}}"
    return [linear, "Dropout", "BatchNorm1d", "LayerNorm", rng.choice(ACTIVE)]


def for_images(rng: random.Random) -> list[str]:
    channels, active = rng.randrange(1, 4), rng.choice(ACTIVE)
    return [
        f"{{type: Conv2d, out_channels: {channels}, kernel_size: 2, padding: same, activation: {active}}}",
        f"{{type: Conv2d, out_channels: {channels}, kernel_size: [1, 2], stride: 2, padding: 1, dilation: [2, 1]}}",
        f"{{type: MaxPool2d, kernel_size: 2, stride: {rng.choice((1, 2))}}}",
        "{type: AvgPool2d, kernel_size: [1, 2], padding: 0}",
        rng.choice(("BatchNorm2d", "Dropout", "LayerNorm")),
        rng.choice(ACTIVE),
    ]


def for_sequences(rng: random.Random, data: str) -> list[str]:
    """Return a recurrent layer that returns every step, others, and one that returns the last, or a flat row."""
    kind, how = rng.choice(("RNN", "LSTM", "GRU")), rng.choice(("", ", truncate: 2", ", bias: false"))
    last = rng.choice((f"{{type: {kind}, hidden_size: 3}}", "Flatten"))
    layers = [f"{{type: {kind}, hidden_size: 4, return: all{how}}}", rng.choice(("LayerNorm", "Dropout", "tanh")), last]
    looks_up = rng.random() < 0.5 and ("parity" in data or "echo" in data)
    return ["{type: Embedding, num_embeddings: 2, embedding_dim: 3}", *layers] if looks_up else layers


def residual(place: int) -> list[str]:
    linear = "{type: Linear, out_features: 4}"
    return [linear, "{type: Linear, out_features: 4, trainable: false}", f"{{type: Add, from: {place}}}"]


def outputs(data: str) -> int:
    """Return one output per class; one for a number; one per step for the echo."""
    sizes = {"digits": 10, "iris": 3, "spiral": 3, "echo": 5, "sine": 1, "plane": 1, "adding": 1, "0.5, 1, 2": 1}
    return next((size for name, size in sizes.items() if name in data), 2)


# configs of every size


def sized_config(rng: random.Random) -> str:
    """Return a random config that trains for a while: more data, wider layers, more seeds, any batch size.

    It should not diverge: a run that ends early costs less than its price.
    """
    config = yaml.safe_load(random_config(rng))
    data, training = config["dataset"], config["training"]
    if "n_samples" in data:
        data["n_samples"] *= rng.choice((1, 5, 20, 60))
    if data.get("name") == "digits":
        data["split"] = {"test": rng.choice((0.2, 0.5, 0.9))}
    if "length" in data and data["name"] != "echo":
        data["length"] *= rng.choice((1, 1, 2, 4))
    for layer in config["model"]["layers"][:-1]:
        widen(layer, rng.choice((1, 1, 4, 16)))
    if config["optimizer"]["type"] != "LBFGS":
        training["batch_size"] = rng.choice(("full", 4, 8, 16, 32, 32, 64, 128))
    config["optimizer"]["lr"] = 1e-3
    config["seeds"] = {"count": rng.choice((1, 1, 2, 4, 8, 16, 40))}
    training["steps"] = round(10 ** rng.uniform(1.0, 3.5)) // (30 if config["optimizer"]["type"] == "LBFGS" else 1) + 1
    training["eval_every"] = max(1, training["steps"] // rng.choice((2, 10, 50, 200)))
    config.pop("stopping", None)
    return yaml.safe_dump(config, sort_keys=False)


def widen(layer: object, factor: int) -> None:
    """Widen layers, except those added to each other, of 4 outputs."""
    if isinstance(layer, dict) and layer["type"] in ("Linear", "RNN", "LSTM", "GRU", "Conv2d"):
        name = next(name for name in ("out_features", "hidden_size", "out_channels") if name in layer)
        layer[name] = (
            layer[name] if layer[name] == 4 else layer[name] * (min(factor, 8) if "out_channels" in layer else factor)
        )
