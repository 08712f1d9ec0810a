"""Configs of 64 KiB that are as expensive as possible to check.

python -m tests.bpsandbox.spec.hostile 2000 [SEED]

checks each of them, and that many random ones, through the sandbox's API, and prints the most expensive. The budget is
200 ms of an idle machine and 50 MB: the seconds are for this tool, the tests count steps in their place.
"""

from __future__ import annotations

import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from bpsandbox.spec.cost import passes
from tests import steps as counting

from .fuzz import large, mutated, seeds_of_texts
from .sweepable import parsed, random_tree, sweeps

MOST = 64 * 1024
STEPS, BYTES = 3_300_000, 50 * 1024 * 1024
"""Half as many steps again as the most expensive of all has (tests/steps.py)."""
PACE = 0.024
"""CPU seconds of `_counted` on the machine that the budget of 200 ms is for."""
LOSS = {"loss": "CrossEntropyLoss"}
LINEAR = {"type": "Linear", "out_features": 4, "activation": "relu"}

Config = dict[str, Any]


def net(count: int, layer: Config | str = "relu", outputs: int = 3) -> Config:
    return {"layers": [layer] * count + [{"type": "Linear", "out_features": outputs}]}


def plain(**blocks: Any) -> Config:
    return {"dataset": {"name": "iris"}, "model": net(1, LINEAR), **LOSS, **blocks}


def points(rows: int, columns: int) -> Config:
    x = [[(i * j) % 9 for j in range(columns)] for i in range(rows)]
    return {"points": {"x": x, "y": [i % 3 for i in range(rows)]}}


def csv(rows: int, columns: int) -> Config:
    return {"points": {"csv": "\n".join(",".join(str((i * j) % 3) for j in range(columns + 1)) for i in range(rows))}}


def sweep(config: Config, **parameters: list[Any]) -> Config:
    named = {name.replace("__", "."): values for name, values in parameters.items()}
    return {**config, "sweep": {"method": "random", "parameters": named}}


def sequences(count: int, **data: int) -> Config:
    layer = {"type": "LSTM", "hidden_size": 8}
    layers = [{**layer, "return": "all"}] * (count - 1) + [layer, {"type": "Linear", "out_features": 1}]
    return {"dataset": {"name": "adding", **data}, "model": {"layers": layers}, "loss": "MSELoss"}


def images(count: int, channels: int) -> Config:
    layer = {"type": "Conv2d", "out_channels": channels, "kernel_size": 3, "padding": 1}
    layers = [layer] * count + ["Flatten", {"type": "Linear", "out_features": 10}]
    return {"dataset": {"name": "digits"}, "model": {"layers": layers}, **LOSS}


def shares(count: int = 64) -> list[float]:
    return [i / (count + 1) for i in range(1, count + 1)]


def of_values(layers: int) -> Config:
    """Return layers with explicit initial values, 20,000 numbers in all."""
    side = int((19_000 / layers) ** 0.5)
    values = [[(i + j) % 9 for j in range(side)] for i in range(side)]
    init = {"type": "values", "values": values}
    layer = {"type": "Linear", "out_features": side, "init": init}
    return plain(dataset=csv(4, side), model=net(layers, layer, 3))


BIG, BIG_CSV = plain(dataset=points(500, 38)), plain(dataset=csv(500, 38))
DEEP = plain(model=net(63, LINEAR))
WIDE = plain(model=net(15, LINEAR))
"""As many layers as 64 settings may have."""
ACTIVATIONS = ["relu", "tanh", "elu", "mish", "silu", "gelu", "sigmoid", "softplus"]
FULL = {"type": "Linear", "out_features": 4, "bias": True, "trainable": True, "lr": 0.1}

FAMILIES: dict[str, Callable[[], Config | str]] = {
    "layers without a field": lambda: plain(model=net(480)),
    "layers with many fields": lambda: plain(model=net(42, FULL)),
    "as many layers as may be": lambda: DEEP,
    "norms one behind the other": lambda: plain(model=net(480, "LayerNorm")),
    "points of 20,000 numbers": lambda: BIG,
    "csv of 20,000 numbers": lambda: BIG_CSV,
    "words in a csv": lambda: plain(dataset={"points": {"csv": "a,b\n" * 16_000}}),
    "starts of 20,000 numbers": lambda: of_values(8),
    "a run far too long": lambda: plain(model=net(63, LINEAR), training={"epochs": 10**15, "eval_every": 10**15}),
    "a long run on 20,000 numbers": lambda: {**BIG, "training": {"epochs": 10**12, "eval_every": 10**12}},
    "as many seeds as may be": lambda: plain(seeds={"count": 1024}, training={"epochs": 10**9}),
    "milestones": lambda: plain(lr_scheduler={"type": "MultiStepLR", "milestones": list(range(1, 11_000))}),
    "class weights": lambda: plain(loss={"type": "CrossEntropyLoss", "class_weight": [1] * 20_000}),
    "features": lambda: plain(dataset={"name": "moons", "features": ["x", "y"] * 220}),
    "metrics": lambda: plain(metrics=["accuracy"] * 440),
    "rules for stopping": lambda: plain(stopping=["Tolerance"] * 440),
    "unknown fields": lambda: plain(optimizer={"type": "SGD", **{f"momentun{i}": 1 for i in range(230)}}),
    "unknown words": lambda: plain(model=net(480, "Linaer")),
    "one word": lambda: plain(optimizer="a" * 65_000),
    "one name": lambda: plain(**{"optimizer" * 7_000: 1}),
    "a long note": lambda: plain(notes="n" * 65_000),
    "wide signs": lambda: "loss： MSELoss，\n" * 3_000,
    "nothing but brackets": lambda: "[" * 65_000,
    "nothing but numbers": lambda: "x: [" + "1," * 32_000 + "]",
    "gradient checks": lambda: plain(model=net(63, LINEAR), checks={"gradient_check": {"samples_per_tensor": 1000}}),
    "swept: the rate": lambda: sweep(WIDE, optimizer__lr=shares()),
    "swept: too many layers": lambda: sweep(DEEP, optimizer__lr=shares()),
    "swept: layers without a field": lambda: sweep(plain(model=net(400)), optimizer__lr=shares(2)),
    "swept: momentum": lambda: sweep({**WIDE, "optimizer": "SGD"}, optimizer__momentum=shares()),
    "swept: the width of a layer": lambda: sweep(WIDE, model__layers__0__out_features=list(range(1, 65))),
    "swept: activations": lambda: sweep(
        WIDE, model__layers__0__activation=["relu", "tanh", "elu", "mish"], optimizer__momentum=shares(16)
    ),
    "swept: a scaling of 20,000 numbers": lambda: sweep(
        BIG, dataset__standardize=["none", "standard"], optimizer__momentum=shares(32)
    ),
    "swept: the split of 20,000 numbers": lambda: sweep(
        {**BIG, "dataset": {**BIG["dataset"], "split": {"test": 0.2}}}, dataset__split__seed=list(range(64))
    ),
    "swept: the rate on 20,000 numbers": lambda: sweep(BIG, optimizer__momentum=shares()),
    "swept: the rate on a csv": lambda: sweep(BIG_CSV, optimizer__momentum=shares()),
    "swept: starts": lambda: sweep(of_values(8), optimizer__momentum=shares()),
    "swept: whole data sets": lambda: sweep(
        plain(dataset=points(20, 4)), dataset__points=[points(20 + i, 6)["points"] for i in range(50)]
    ),
    "swept: whole models": lambda: sweep(
        plain(), model=[net(3 + i % 2, LINEAR) for i in range(12)], optimizer__lr=shares(5)
    ),
    "swept: a long run": lambda: sweep({**WIDE, "training": {"epochs": 10**12}}, optimizer__momentum=shares()),
    "swept: seeds": lambda: sweep(plain(seeds={"count": 1024}), optimizer__momentum=shares()),
    "swept: as many values as may be": lambda: sweep(plain(), optimizer__lr=list(range(11_000))),
    "swept: as many paths as may be": lambda: sweep(
        plain(model=net(40, "relu")), **{f"model__layers__{i}": ["relu", "tanh"] for i in range(40)}
    ),
    "swept: a large grid": lambda: sweep(
        plain(),
        **dict.fromkeys(("optimizer__lr", "optimizer__momentum", "optimizer__weight_decay"), shares()),
        **dict.fromkeys(("regularization__l1", "regularization__l2", "dataset__split__test"), shares()),
    ),
    "swept: values that are wrong": lambda: sweep(WIDE, optimizer__type=[f"Adan{i}" for i in range(40)]),
    "swept: fields that are wrong": lambda: sweep(
        plain(model=net(12, LINEAR)), model__layers__0=[{"type": "Linear", f"out{i}": 1} for i in range(60)]
    ),
    "swept: gradient checks": lambda: sweep(
        {**WIDE, "checks": {"gradient_check": {"samples_per_tensor": 1000}}}, optimizer__momentum=shares()
    ),
    "sequences of the largest length": lambda: sequences(11, n_samples=10, length=392),
    "swept: long sequences": lambda: sweep(
        sequences(1, n_samples=10, length=392), model__layers__0__hidden_size=list(range(1, 65))
    ),
    "swept: their length": lambda: sweep(sequences(2, n_samples=10), dataset__length=list(range(300, 364))),
    "wide layers": lambda: plain(model=net(2, {"type": "Linear", "out_features": 999})),
    "swept: wide layers": lambda: sweep(
        plain(model=net(3, {"type": "Linear", "out_features": 1024})),
        model__layers__0__out_features=list(range(860, 924)),
    ),
    "many channels": lambda: images(5, 210),
    "swept: many channels": lambda: sweep(images(5, 210), model__layers__0__out_channels=list(range(146, 210))),
    "swept: starts and activations": lambda: sweep(
        of_values(1), model__layers__0__activation=ACTIVATIONS, optimizer__momentum=shares(8)
    ),
    "swept: rules for stopping": lambda: sweep(plain(stopping=["Tolerance"] * 16), optimizer__momentum=shares()),
}


def text_of(family: str) -> str:
    made = FAMILIES[family]()
    text = made if isinstance(made, str) else json.dumps(made, separators=(",", ":"), ensure_ascii=False)
    return text.encode()[:MOST].decode(errors="ignore")


def cost(check: Callable[[str], Any], text: str, times: int = 3) -> float:
    """Return the CPU seconds to check a text on the machine of PACE, the minimum of several runs.

    On one that is slower, or shared with others, a second does less: what counts takes longer in the same moment.
    """
    return min(seconds(check, text) / max(1.0, _counted() / PACE) for _ in range(times))


def _counted() -> float:
    began, total = time.process_time(), 0
    for number in range(300_000):
        total += number * number
    return time.process_time() - began


def steps(check: Callable[[str], Any], text: str) -> int:
    """Return the steps of checking a text; what is loaded at first use is loaded before."""
    check(text)
    _forget()
    return counting.steps(lambda: check(text))


def _forget() -> None:
    for kept in (passes._played, passes._scaled, passes._sizes):
        kept.cache_clear()


def seconds(check: Callable[[str], Any], text: str) -> float:
    _forget()
    began = time.process_time()
    check(text)
    return time.process_time() - began


def memory(check: Callable[[str], Any], text: str) -> int:
    """Return the peak bytes of checking a text."""
    tracemalloc.start()
    try:
        check(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def random_texts(rng: random.Random) -> Iterator[str]:
    """Return mutated texts, texts near the size limit, and sweeps of random configs over many paths."""
    beginnings = seeds_of_texts()
    while True:
        yield mutated(rng, beginnings)
        yield large(rng)
        yield random_sweep(rng)


def random_sweep(rng: random.Random) -> str:
    config = random_tree(rng)
    if parsed(config) is None:
        return random_sweep(rng)
    every = {path: values for each in sweeps(rng, config) for path, values in each.items()}
    chosen = rng.sample(sorted(every), rng.randrange(1, 9))
    return json.dumps(sweep(config, **{path: every[path] for path in chosen}))


def main(count: int, seed: int = 0) -> None:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings.test")
    import django

    django.setup()
    from bpsandbox import api

    rows = [(name, text_of(name)) for name in FAMILIES]
    costs = [(cost(api.check, text), memory(api.check, text) / 2**20, len(text), name) for name, text in rows]
    for took, bytes_, size, name in sorted(costs, reverse=True):
        found = api.check(text_of(name))
        said = found.problems[0].code if found.problems else "ok"
        print(f"{took * 1e3:7.1f} ms {bytes_:6.1f} MB {size:6} bytes  {name}  ({said})")
    rng = random.Random(seed)
    texts = random_texts(rng)
    worst = max((cost(api.check, text, 1), text) for text, _ in zip(texts, range(count), strict=False))
    print(f"dearest of {count} random texts: {worst[0] * 1e3:.0f} ms: {worst[1][:300]!r}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
