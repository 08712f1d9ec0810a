"""Configs that a measurement labels chaotic, overfitting or neither, by a criterion that is none of the doctor's rules.

The candidates are a plain product of tasks and optimisers, written down before any of them was trained. `measure`
trains each anew and gives the labels that are kept below; `./run bench doctor --part labels` does it again.

* **Chaos** is sensitive dependence on the start (Lorenz 1963, "Deterministic nonperiodic flow"): the same training in
  single and in double precision, whose starts differ by 6e-8, does not come to the same losses. `drift` is the median
  of |loss in float32 - loss in float64| over the second half of the points, as a share of the larger of the first loss
  and the highest of that half: chaotic from 2 % on, calm up to 0.1 %. What is between is not used.
* **Overfitting** is measured on other data than the doctor sees: with four other seeds of the split, so other parts to
  train on and to validate on, the mean validation loss of all seeds and splits rises. `rise` is how far its last tenth
  is above its lowest tenth, as a share of that: overfitting from 25 % on if it is 10 % of the first loss too, level up
  to 1 %.

A config of which a seed comes to no finite loss is not used, and a label says nothing of other kinds: only chaos and
overfitting are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean, median

from bpsandbox import spec
from bpsandbox.core import train
from bpsandbox.document import KINDS, Document

from .labelled import CE, FLAT, LOGITS, MSE, Configs, bars, config, conv, linear, recurrent

CHAOTIC_FROM, CALM_UNTIL = 0.02, 0.001
RISES_FROM, LEAST_RISE, LEVEL_UNTIL = 0.25, 0.1, 0.01
SPLITS = (11, 12, 13, 14)
TANH, RELU = [linear(20, "tanh"), linear(2)], [linear(24, "relu"), linear(12, "relu"), linear(2)]

TASKS: dict[str, tuple[str, list[str], str, str]] = {
    "moons": ("{name: moons, n_samples: 120, noise: 0.25, seed: 41}", TANH, CE, "epochs: 40, batch_size: 24"),
    "circle": ("{name: circle, n_samples: 120, noise: 0.15, seed: 42}", RELU, CE, "epochs: 40, batch_size: 24"),
    "spiral": (
        "{name: spiral, n_samples: 120, noise: 0.3, seed: 43}",
        [linear(24, "gelu"), linear(3)],
        CE,
        "epochs: 50, batch_size: 24",
    ),
    "corners": (
        "{name: xor_cloud, n_samples: 120, noise: 0.35, seed: 44}",
        [linear(12, "elu"), linear(1)],
        LOGITS,
        "epochs: 40, batch_size: 24",
    ),
    "wine": ("{name: wine, standardize: standard}", [linear(12, "silu"), linear(3)], CE, "epochs: 30, batch_size: 32"),
    "sine": (
        "{name: sine, n_samples: 60, noise: 0.2, seed: 45}",
        [linear(16, "tanh"), linear(1)],
        MSE,
        "epochs: 60, batch_size: 15",
    ),
    "hills": (
        "{name: multi_gauss, n_samples: 120, noise: 0.1, seed: 46}",
        [linear(20, "softplus"), linear(1)],
        "SmoothL1Loss",
        "epochs: 40, batch_size: 24",
    ),
    "bars": (bars(0.6), [conv(5, "relu"), FLAT, linear(2)], CE, "epochs: 60, batch_size: 8"),
    "waves": ("{name: sine_next, n_samples: 80}", [recurrent("GRU", 8), linear(1)], MSE, "epochs: 30, batch_size: 20"),
}
OPTIMIZERS = {
    "sgd 0.05": "type: SGD, lr: 0.05", "sgd 3": "type: SGD, lr: 3.0", "sgd 12": "type: SGD, lr: 12.0",
    "momentum 0.8": "type: SGD, lr: 0.8, momentum: 0.9", "adam 0.005": "type: Adam, lr: 0.005",
    "adam 0.4": "type: Adam, lr: 0.4", "rmsprop 0.5": "type: RMSprop, lr: 0.5", "nadam 1": "type: NAdam, lr: 1.0",
}  # fmt: skip


def halves(name: str, more: str, test: float, seed: int) -> str:
    return f"{{name: {name}, {more}, split: {{val: {test}, seed: {seed}}}}}"


HELD_OUT: dict[str, tuple[str, str, list[str], str]] = {
    "moons": ("moons", "noise: 0.5, seed: 51", [linear(64, "relu"), linear(2)], CE),
    "circle": ("circle", "noise: 0.5, seed: 52", [linear(48, "tanh"), linear(48, "tanh"), linear(1)], LOGITS),
    "corners": ("xor_cloud", "noise: 0.6, seed: 53", [linear(64, "gelu"), linear(2)], CE),
    "clouds": ("gaussians", "noise: 1.5, seed: 54", [linear(64, "relu"), linear(32, "relu"), linear(2)], CE),
    "spiral": ("spiral", "noise: 0.8, seed: 55", [linear(64, "relu"), linear(64, "relu"), linear(3)], CE),
    "hills": ("multi_gauss", "noise: 0.4, seed: 56", [linear(96, "tanh"), linear(96, "tanh"), linear(1)], MSE),
    "plane": ("plane", "noise: 0.8, seed: 57", [linear(96, "relu"), linear(48, "relu"), linear(1)], MSE),
}
PENALTY = {"regularization": "{l2: 0.3}"}
AMOUNTS: dict[str, tuple[int, str, str, dict[str, str]]] = {
    "40 samples, long": (40, "type: Adam, lr: 0.02", "epochs: 200, batch_size: 10", {}),
    "60 samples, by sgd": (60, "type: SGD, lr: 0.2, momentum: 0.9", "epochs: 200, batch_size: 12", {}),
    "600 samples, short": (600, "type: Adam, lr: 0.003", "epochs: 12, batch_size: 50", {}),
    "200 samples, decayed": (200, "type: AdamW, lr: 0.003, weight_decay: 3.0", "epochs: 60, batch_size: 25", {}),
    "60 samples, a penalty": (60, "type: Adam, lr: 0.01", "epochs: 120, batch_size: 15", PENALTY),
    "40 samples, short": (40, "type: SGD, lr: 0.03", "epochs: 30, batch_size: 10", {}),
}  # fmt: skip


def rated() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each candidate for chaos."""
    for task, (data, layers, loss, training) in TASKS.items():
        for name, optimizer in OPTIMIZERS.items():
            yield f"{task}, {name}", config(data, layers, loss, optimizer, training)


def split(seed: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each candidate for overfitting, with a seed of the split."""
    for task, (data, more, layers, loss) in HELD_OUT.items():
        for name, (count, optimizer, training, rest) in AMOUNTS.items():
            held = halves(data, f"n_samples: {count}, {more}", 0.5, seed)
            yield f"{task}, {name}", config(held, layers, loss, optimizer, training, **rest)


def trained(text: str) -> Document:
    *_, last = train(spec.build(spec.parse(text)))
    return last.result.document()


def drift(text: str) -> float | None:
    """Return how far the losses in single and in double precision are apart; None if a seed has none in the end."""
    one, other = (trained(f"{text}dtype: {dtype}\n").curves["train_loss"] for dtype in ("float64", "float32"))
    found = []
    for seed in range(len(one[0])):
        pairs = [(a[seed], b[seed]) for a, b in zip(one, other, strict=False)]
        half = [(a, b) for a, b in pairs[len(pairs) // 2 :] if a is not None and b is not None]
        if len(half) < len(pairs) - len(pairs) // 2 or pairs[0][0] is None:
            return None
        scale = max(pairs[0][0], max(a for a, _b in half))
        found.append(median(abs(a - b) for a, b in half) / scale)
    return median(found)


def rise(texts: list[str]) -> tuple[float, float] | None:
    """Return how far the mean held-out loss rises, as a share of its lowest tenth and of its start."""
    curves = [trained(text).curves["val_loss"] for text in texts]
    columns = [[row[seed] for row in curve] for curve in curves for seed in range(len(curve[0]))]
    if any(value is None for column in columns for value in column):
        return None
    mean = [fmean(values) for values in zip(*columns, strict=True)]  # type: ignore[arg-type]  # none is None
    width = max(1, len(mean) // 10)
    tenths = [fmean(mean[i : i + width]) for i in range(len(mean) - width + 1)]
    return tenths[-1] / min(tenths) - 1, (tenths[-1] - min(tenths)) / mean[0]


def measure() -> tuple[set[str], set[str], set[str], set[str]]:
    """Return the names as CHAOTIC, CALM, RISING and LEVEL have them."""
    chaos, over = {}, {}
    for name, text in rated():
        found = drift(text)
        if found is not None and (found >= CHAOTIC_FROM or found <= CALM_UNTIL):
            chaos[name] = found >= CHAOTIC_FROM
    others = [dict(split(seed)) for seed in SPLITS]
    for name in others[0]:
        risen = rise([each[name] for each in others])
        if risen is None:
            continue
        if (risen[0] >= RISES_FROM and risen[1] >= LEAST_RISE) or risen[0] <= LEVEL_UNTIL:
            over[name] = risen[0] >= RISES_FROM
    chaotic, rising = ({name for name, is_sick in found.items() if is_sick} for found in (chaos, over))
    return chaotic, chaos.keys() - chaotic, rising, over.keys() - rising


CHAOTIC = {
    "moons, sgd 3", "moons, sgd 12", "moons, rmsprop 0.5", "moons, nadam 1", "circle, sgd 3", "circle, adam 0.4",
    "spiral, sgd 12", "spiral, rmsprop 0.5", "spiral, nadam 1", "corners, sgd 12", "wine, momentum 0.8",
    "sine, sgd 3", "waves, sgd 3", "waves, sgd 12", "waves, adam 0.4", "waves, rmsprop 0.5", "waves, nadam 1",
}  # fmt: skip
CALM = {
    "moons, sgd 0.05", "moons, adam 0.005", "moons, adam 0.4", "circle, sgd 0.05", "circle, sgd 12",
    "circle, adam 0.005", "circle, rmsprop 0.5", "circle, nadam 1", "spiral, sgd 0.05", "spiral, sgd 3",
    "spiral, adam 0.005", "spiral, adam 0.4", "corners, sgd 0.05", "corners, sgd 3", "corners, momentum 0.8",
    "corners, adam 0.005", "corners, adam 0.4", "corners, rmsprop 0.5", "wine, sgd 0.05", "wine, sgd 3",
    "wine, sgd 12", "wine, adam 0.005", "wine, rmsprop 0.5", "wine, nadam 1", "sine, sgd 0.05", "sine, adam 0.005",
    "sine, adam 0.4", "hills, sgd 0.05", "hills, sgd 3", "hills, sgd 12", "hills, momentum 0.8", "hills, adam 0.005",
    "hills, adam 0.4", "hills, rmsprop 0.5", "hills, nadam 1", "bars, sgd 0.05", "bars, sgd 3", "bars, momentum 0.8",
    "bars, adam 0.005", "bars, adam 0.4", "bars, rmsprop 0.5", "bars, nadam 1", "waves, sgd 0.05",
    "waves, adam 0.005",
}  # fmt: skip
RISING = {
    "moons, 40 samples, long", "moons, 60 samples, by sgd", "circle, 40 samples, long", "circle, 60 samples, by sgd",
    "corners, 40 samples, long", "corners, 60 samples, by sgd", "corners, 40 samples, short",
    "clouds, 40 samples, long", "clouds, 60 samples, by sgd", "clouds, 40 samples, short",
    "spiral, 40 samples, long", "spiral, 60 samples, by sgd", "plane, 40 samples, long",
}  # fmt: skip
LEVEL = {
    "moons, 600 samples, short", "moons, 60 samples, a penalty", "circle, 600 samples, short",
    "circle, 200 samples, decayed", "corners, 600 samples, short", "corners, 60 samples, a penalty",
    "clouds, 600 samples, short", "clouds, 200 samples, decayed", "clouds, 60 samples, a penalty",
    "spiral, 600 samples, short", "spiral, 200 samples, decayed", "hills, 600 samples, short",
    "hills, 200 samples, decayed", "hills, 60 samples, a penalty", "plane, 60 samples, by sgd",
    "plane, 600 samples, short", "plane, 200 samples, decayed",
}  # fmt: skip
"""What `measure` gave: committed before the doctor had examined any of them."""


def labelled(
    kind: str, candidates: Iterator[tuple[str, str]], sick: set[str], healthy: set[str], reason: str
) -> Configs:
    """Return those candidates with a label of one kind; what else is found in them is not judged."""
    made, others = Configs(), " ".join(each for each in KINDS if each != kind)
    for name, text in candidates:
        if name in sick | healthy:
            made.sick(kind if name in sick else "", f"{kind}: {name}", reason, text, may=others)
    return made


CHAOS = labelled("chaotic", rated(), CHAOTIC, CALM, "single and double precision go apart, or do not")
OVER = labelled("overfitting", split(1), RISING, LEVEL, "the loss on other held-out parts rises, or does not")
