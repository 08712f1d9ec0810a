"""Small runs that together have every layer, activation, loss, optimiser, schedule, penalty and stopping rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from bpsandbox import core, spec
from bpsandbox.document import Document
from bpsandbox.spec import Spec
from tests.bpsandbox.oracles import rows

Config = dict[str, Any]

SHORTER = {"digits-cnn": 2, "adding": 12, "digits": 8, "batch-norm": 6}
"""Epochs of presets that take long."""


RECORDED = ("by-hand", "lstm")
"""Presets that are run in every library: thousands of steps of the others take long in Keras."""


def presets() -> dict[str, str]:
    """Return the presets that are one run; a sweep has a twin for each setting."""
    found = {name: preset.text for name, preset in spec.presets.PRESETS.items() if name != "lr-sweep"}
    for name, epochs in SHORTER.items():
        found[name] = re.sub(r"epochs: \d+", f"epochs: {epochs}", found[name])
        found[name] = re.sub(r"weights: \[[^]]*\]", "weights: [0]", found[name])
    return found


def configs() -> dict[str, Config]:
    """Return the generated runs by name."""
    return {name: config | {"seeds": [3, 0]} for name, config in _configs()}


def _configs() -> Iterator[tuple[str, Config]]:
    for word, body in {**rows.BODIES, **rows.VARIANTS}.items():
        goal = rows.LOSSES["CrossEntropyLoss" if len(word) % 2 else "MSELoss"]
        yield word, trained(rows.network(body, {"type": "tanh"}, goal))
    linear = rows.BODIES["Linear"]
    for word, activation in {**rows.ACTIVATIONS, **rows.SHAPED}.items():
        yield f"activation {word}", trained(rows.network(linear, activation, rows.LOSSES["MSELoss"]))
    for word, goal in {**rows.LOSSES, **rows.SPECIAL_LOSSES}.items():
        yield word, trained(rows.network(linear, {"type": "tanh"}, goal))
    tanh = rows.network(linear, {"type": "tanh"}, rows.LOSSES["MSELoss"])
    for word, optimizer in {**rows.OPTIMIZERS, **rows.SETTINGS}.items():
        yield f"optimizer {word}", trained(tanh, optimizer=optimizer)
        yield f"optimizer {word}, decay", trained(tanh, optimizer=optimizer | {"weight_decay": 0.05})
    for word, optimizer in rows.SEARCHES.items():
        yield word, trained(tanh, optimizer=optimizer, batch_size="full", regularization={"l2": 0.1})
    for word, schedule in rows.SCHEDULES.items():
        if schedule:
            yield f"schedule {word}", trained(tanh, lr_scheduler=schedule, optimizer=rows.OPTIMIZERS["Adam"])
    yield from _others(tanh)


def _others(tanh: Config) -> Iterator[tuple[str, Config]]:
    for mode, kinds in spec.compat.OPTIMIZERS.items():
        for kind in kinds:
            block = {"type": kind, "lr": 0.02, "weight_decay": 0.03}
            block |= {"momentum": 0.7} if kind in ("SGD", "RMSprop") else {}
            schedule = {"type": "ExponentialLR", "gamma": 0.9}
            yield f"{mode} {kind}", trained(tanh, compat=mode, optimizer=block, lr_scheduler=schedule)
    three = rows.network(rows.BODIES["Linear"], {"type": "relu"}, rows.LOSSES["CrossEntropyLoss"])
    for mode in ("keras", "sklearn", "textbook"):
        loss = {"type": "CrossEntropyLoss", "class_weight": rows.WEIGHTS}
        goal = rows.Goal(loss, 3, rows.LOSSES["CrossEntropyLoss"].y, "softmax" if mode == "keras" else None)
        yield f"{mode} classes", trained(rows.network(rows.BODIES["BatchNorm1d"], {"type": "relu"}, goal), compat=mode)
        yield f"{mode} numbers", trained(tanh, compat=mode, regularization={"l2": 0.2, "l1": 0.01})
    before = rows._read("GRU", rows._WIDE, reset_after=False)
    yield "GRU, reset before", trained(rows.network(before, {"type": "tanh"}, rows.LOSSES["MSELoss"]))
    for word, penalty in rows.PENALTIES.items():
        yield f"penalty {word}", trained(three, regularization=penalty)
    for word, clipping in {**rows.CLIPPINGS, "both": {"norm": 0.3, "value": 0.05}}.items():
        if clipping:
            yield f"clipping {word}", trained(tanh, gradient_clipping=clipping)
    rules = {
        "target": [{"type": "Target", "value": 0.7}],
        "target at once": [{"type": "Target", "value": 1000.0}],
        "tolerance": [{"type": "Tolerance", "min_delta": 0.01, "patience": 2}],
        "early": [{"type": "EarlyStopping", "monitor": "val_loss", "patience": 2, "restore_best_weights": True}],
        "several": [{"type": "Tolerance", "patience": 3}, {"type": "Target", "monitor": "data_loss", "value": 0.6}],
        "metric": [{"type": "Target", "monitor": "train_mae", "value": 0.8}],
    }
    for word, stopping in rules.items():
        more: Config = {"metrics": ["mae"], "regularization": {"l2": 0.01}}
        held = {"dataset": tanh["dataset"] | {"split": {"val": 0.3}}} if word == "early" else {}
        yield f"stopping {word}", trained({**tanh, **held}, stopping=stopping, epochs=30, **more)
    plateau = {"type": "ReduceLROnPlateau", "factor": 0.3, "patience": 0, "threshold": 0.1, "min_lr": 0.02}
    yield "plateau", trained(tanh, lr_scheduler=plateau, epochs=12)
    yield "plateau within epochs", trained(tanh, lr_scheduler=plateau | {"cooldown": 1}, steps=30, eval_every=2)
    rates = rows.network(rows.VARIANTS["Linear, rate of its own"], {"type": "tanh"}, rows.LOSSES["MSELoss"])
    yield "own rates, cosine", trained(rates, lr_scheduler={"type": "CosineAnnealingLR", "eta_min": 0.01})
    yield "own rates, momentum", trained(rates, optimizer={"type": "SGD", "lr": 0.05, "momentum": 0.9})
    yield "without shuffling", trained(tanh, shuffle=False)
    yield "one example a step", trained(tanh, batch_size=1)
    yield "steps that end within an epoch", trained(tanh, steps=11, eval_every=4)
    yield "single precision", trained(tanh, dtype="float32")
    yield "diverges", trained(tanh, optimizer={"type": "SGD", "lr": 1e150}, epochs=9)


def trained(blocks: Config, **changes: Any) -> Config:
    training = {"epochs": 5, "batch_size": 5, "eval_every": 1}
    names = ("batch_size", "eval_every", "shuffle", "steps", "epochs")
    training |= {name: changes.pop(name) for name in names if name in changes}
    if "steps" in training:
        del training["epochs"]
    return {**blocks, "optimizer": {"type": "SGD", "lr": 0.05}, **changes, "training": training}


@cache
def finished(text: str) -> tuple[Spec, Document]:
    """Train a config, which may be a sweep."""
    parsed = spec.parse(text)
    *_, last = core.train(spec.build(parsed))
    return parsed, last.result.document()


def generated(name: str) -> tuple[Spec, Document]:
    return finished(json.dumps(configs()[name]))


def everything() -> dict[str, Callable[[], tuple[Spec, Document]]]:
    """Return the generated runs and some presets by name, each to be trained when it is called."""
    texts = {f"preset {name}": presets()[name] for name in RECORDED}
    return {name: partial(generated, name) for name in configs()} | {
        name: partial(finished, text) for name, text in texts.items()
    }
