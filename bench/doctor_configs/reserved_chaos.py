"""Chaotic configs, and restless but healthy ones, to choose among changed rules on chaos.

They were labelled from the definitions, after the chaotic ones of `reserved_curves.py` had shown what the rule lacked, and
committed before any rule had examined them. Variants of the rule were then compared on them too, so they estimate
nothing: ADR 84.
"""

# ruff: noqa: E501 (a config is one line)

from __future__ import annotations

from .labelled import CE, FLAT, LOGITS, MSE, Configs, config, conv, linear, recurrent
from .reserved import CANCER, DIGITS, MEAN, TABLE, WINE, bits, plan, sgd
from .reserved_curves import mixed

RESTLESS = Configs()
healthy = RESTLESS.healthy


def loud(name: str, data: str, layers: list[str], loss: str, optimizer: str, training: str) -> None:
    RESTLESS.sick("chaotic", name, "every step moves every weight by about the rate, never less, and a part of the targets cannot be fitted",
                  config(data, layers, loss, optimizer, training), may="diverged saturated plateau dead")  # fmt: skip


MOONS, CORNERS = mixed("moons", 240, 0.5, 301), mixed("xor_cloud", 240, 0.6, 302)
CLOUDS, BLOBS = mixed("gaussians", 240, 1.8, 303), mixed("blobs", 240, 1.3, 304, classes=5)
RING, STEP = mixed("circle", 240, 0.4, 305), mixed("step", 120, 0.5, 306)
WAVE, HILLS = mixed("sine", 120, 0.5, 307, standardize="standard"), mixed("multi_gauss", 240, 0.4, 308)

loud("moons by 24 tanh, Lion at 0.6", MOONS, [linear(24, "tanh"), linear(2)], CE, "type: Lion, lr: 0.6", plan(40, 24))
loud(
    "moons by two layers, Lion at 0.4",
    MOONS,
    [linear(24, "tanh"), linear(24, "tanh"), linear(1)],
    LOGITS,
    "type: Lion, lr: 0.4",
    plan(40, 24),
)
loud("corners by 40 elu, Lion at 0.3", CORNERS, [linear(40, "elu"), linear(2)], CE, "type: Lion, lr: 0.3", plan(40, 24))
loud(
    "corners by 40 softsign, adam at 2",
    CORNERS,
    [linear(40, "softsign"), linear(1)],
    LOGITS,
    "type: Adam, lr: 2.0",
    plan(40, 12),
)
loud(
    "clouds by margins, Lion at 0.5",
    CLOUDS,
    [linear(24, "tanh"), linear(1)],
    "hinge",
    "type: Lion, lr: 0.5",
    plan(40, 24),
)
loud("clouds by a line, RMSprop at 3", CLOUDS, [linear(2)], CE, "type: RMSprop, lr: 3.0", plan(40, 12))
loud(
    "five blobs by 40 tanh, Lion at 0.5",
    BLOBS,
    [linear(40, "tanh"), linear(5)],
    CE,
    "type: Lion, lr: 0.5",
    plan(40, 24),
)
loud("five blobs by a line, Lion at 1", BLOBS, [linear(5)], CE, "type: Lion, lr: 1.0", plan(40, 24))
loud("five blobs by 24 tanh, a rate of 15", BLOBS, [linear(24, "tanh"), linear(5)], CE, sgd(15), plan(40, 12))
loud("a ring by 40 gelu, NAdam at 1", RING, [linear(40, "gelu"), linear(2)], CE, "type: NAdam, lr: 1.0", plan(40, 12))
loud("a ring by 40 tanh, a rate of 10", RING, [linear(40, "tanh"), linear(2)], CE, sgd(10), plan(40, 12))
loud("a step by 40 tanh, Lion at 0.2", STEP, [linear(40, "tanh"), linear(1)], MSE, "type: Lion, lr: 0.2", plan(40, 12))
loud(
    "a step by absolute errors, Lion at 0.3",
    STEP,
    [linear(24, "softsign"), linear(1)],
    "L1Loss",
    "type: Lion, lr: 0.3",
    plan(40, 12),
)
loud(
    "a wave by 40 softsign, adam at 1",
    WAVE,
    [linear(40, "softsign"), linear(1)],
    MSE,
    "type: Adam, lr: 1.0",
    plan(40, 12),
)
loud(
    "a wave by Huber, Lion at 0.3",
    WAVE,
    [linear(32, "tanh"), linear(1)],
    "HuberLoss",
    "type: Lion, lr: 0.3",
    plan(40, 12),
)
loud(
    "hills by 40 tanh, RMSprop at 1",
    HILLS,
    [linear(40, "tanh"), linear(1)],
    MSE,
    "type: RMSprop, lr: 1.0",
    plan(40, 12),
)
loud(
    "an RNN of 32 on bits, Lion at 0.2",
    bits(10, 240, 309),
    [TABLE, recurrent("RNN", 32), linear(1)],
    LOGITS,
    "type: Lion, lr: 0.2",
    plan(30, 24),
)
loud(
    "a GRU of 32 on bits, Lion at 0.3",
    bits(10, 240, 310),
    [recurrent("GRU", 32), linear(1)],
    LOGITS,
    "type: Lion, lr: 0.3",
    plan(30, 24),
)
loud(
    "digits by 8 kernels, Lion at 0.15",
    DIGITS,
    [conv(8, "tanh"), MEAN, FLAT, linear(10)],
    CE,
    "type: Lion, lr: 0.15",
    plan(16, 128),
)
loud(
    "smoothed tumours by 24 tanh, RMSprop at 2",
    CANCER,
    [linear(24, "tanh"), linear(2)],
    "{type: CrossEntropyLoss, label_smoothing: 0.2}",
    "type: RMSprop, lr: 2.0",
    plan(24, 32),
)
loud(
    "smoothed wine by 24 tanh, Lion at 0.6",
    WINE,
    [linear(24, "tanh"), linear(3)],
    "{type: CrossEntropyLoss, label_smoothing: 0.2}",
    "type: Lion, lr: 0.6",
    plan(40, 20),
)

ADAM = "type: Adam, lr: 0.01"
healthy(
    "moons that mix, single examples",
    "each step has the noise of one example",
    config(MOONS, [linear(12, "tanh"), linear(2)], CE, sgd(0.02), plan(20, 1)),
)
healthy(
    "moons that mix, a rate of 1",
    "at the edge of what curvature bears",
    config(MOONS, [linear(12, "tanh"), linear(2)], CE, sgd(0.5), plan(40, 24)),
)
healthy(
    "corners that mix, momentum",
    "momentum carries over the minimum a little",
    config(CORNERS, [linear(16, "tanh"), linear(1)], LOGITS, sgd(0.05, 0.9), plan(60, 24)),
)
healthy(
    "clouds that mix, Lion at 0.01",
    "steps of 0.01",
    config(CLOUDS, [linear(8, "tanh"), linear(2)], CE, "type: Lion, lr: 0.01", plan(40, 24)),
)
healthy(
    "five blobs that mix, adam at 0.03",
    "a large rate, as large as it may be",
    config(BLOBS, [linear(24, "relu"), linear(5)], CE, "type: Adam, lr: 0.03", plan(40, 24)),
)
healthy(
    "a ring that mixes, RMSprop",
    "RMSprop",
    config(RING, [linear(24, "relu"), linear(2)], CE, "type: RMSprop, lr: 0.01", plan(40, 24)),
)
healthy(
    "a noisy step, small batches",
    "batches of 4",
    config(STEP, [linear(16, "tanh"), linear(1)], MSE, "type: Adam, lr: 0.005", plan(60, 4)),
)
healthy(
    "a noisy wave, small batches",
    "batches of 4",
    config(WAVE, [linear(16, "tanh"), linear(16, "tanh"), linear(1)], MSE, "type: Adam, lr: 0.005", plan(80, 4)),
)
healthy(
    "noisy hills, a dropout",
    "Dropout",
    config(
        HILLS,
        [linear(48, "relu"), "{type: Dropout, p: 0.2}", linear(48, "relu"), linear(1)],
        MSE,
        "type: Adam, lr: 0.005",
        plan(80, 24),
    ),
)
healthy(
    "digits with a dropout of a half",
    "Dropout",
    config(
        DIGITS,
        [FLAT, linear(64, "relu"), "{type: Dropout, p: 0.5}", linear(10)],
        CE,
        "type: Adam, lr: 0.01",
        plan(12, 64),
    ),
)
healthy(
    "digits by momentum of 0.95",
    "SGD",
    config(DIGITS, [FLAT, linear(48, "tanh"), linear(10)], CE, sgd(0.1, 0.95), plan(12, 64)),
)
healthy(
    "digits behind a batch norm, small batches",
    "BatchNorm1d",
    config(
        DIGITS,
        [FLAT, linear(32), "{type: BatchNorm1d, activation: relu}", linear(10)],
        CE,
        "type: Adam, lr: 0.01",
        plan(10, 16),
    ),
)
healthy("wine by a line, single examples", "batches of 1", config(WINE, [linear(3)], CE, sgd(0.05), plan(20, 1)))
healthy(
    "tumours by three layers",
    "relu",
    config(
        CANCER,
        [linear(24, "relu"), linear(24, "relu"), linear(24, "relu"), linear(2)],
        CE,
        "type: Adam, lr: 0.005",
        plan(20, 32),
    ),
)
healthy(
    "tumours behind a batch norm, momentum",
    "BatchNorm1d",
    config(CANCER, [linear(16), "{type: BatchNorm1d, activation: relu}", linear(2)], CE, sgd(0.1, 0.9), plan(20, 32)),
)
healthy(
    "sums by an RNN at a large rate",
    "RNN",
    config(
        "{name: adding, length: 5, n_samples: 300, seed: 311}",
        [recurrent("RNN", 16), linear(1)],
        MSE,
        "type: Adam, lr: 0.02",
        plan(50, 25),
        gradient_clipping="{norm: 1.0}",
    ),
)
healthy(
    "bits of four by an LSTM, small batches",
    "LSTM",
    config(bits(4, 120, 312), [TABLE, recurrent("LSTM", 16), linear(1)], LOGITS, "type: Adam, lr: 0.02", plan(60, 12)),
)
healthy(
    "corners by 200 units",
    "wide",
    config(
        mixed("xor_cloud", 240, 0.15, 313),
        [linear(200, "relu"), linear(1)],
        LOGITS,
        "type: Adam, lr: 0.01",
        plan(40, 24),
    ),
)
healthy(
    "a spiral by adam at 0.03",
    "a loss that falls restlessly",
    config(
        "{name: spiral, n_samples: 240, noise: 0.1, seed: 314}",
        [linear(48, "tanh"), linear(48, "tanh"), linear(3)],
        CE,
        "type: Adam, lr: 0.02",
        plan(100, 24),
    ),
)
healthy(
    "a kink by absolute errors, no falling rate",
    "steps that do not shrink, but are small",
    config(
        "{name: abs, n_samples: 96, noise: 0.02, seed: 315}",
        [linear(16, "tanh"), linear(1)],
        "L1Loss",
        "type: Adam, lr: 0.003",
        plan(100, 16),
    ),
)
