"""The reserved configs whose curves show what is wrong, and the healthy ones: see `reserved.py`."""

# ruff: noqa: E501 (a healthy config is one line)

from __future__ import annotations

from .held_out import points
from .labelled import BCE, CE, FLAT, LOGITS, MSE, config, conv, linear, recurrent
from .reserved import (
    BLOBS,
    CANCER,
    CLOUDS,
    CORNERS,
    CUBIC,
    DIGITS,
    HILLS,
    IRIS,
    KINK,
    MEAN,
    MOONS,
    NEXT,
    PLANE,
    POOL,
    RAW_CANCER,
    RAW_WINE,
    RESERVED,
    RING,
    ROWS,
    SPIRAL,
    STEP,
    TABLE,
    WAVE,
    WINE,
    around,
    bits,
    plan,
    sgd,
    sums,
)

sick, healthy = RESERVED.sick, RESERVED.healthy
EVEN = points([[i / 30 - 1] for i in range(61)], [[abs(i / 30 - 1) ** 3] for i in range(61)])
EQUAL = points([[1.0, -2.0]] * 60, [[(i * 13 % 19) / 9 - 1] for i in range(60)])
COINS = points(
    [[(i * 37 % 61) / 30 - 1, (i * 53 % 59) / 29 - 1] for i in range(60)],
    [(i * i * 11 + i * 7 + i // 5) % 17 % 2 for i in range(60)],
)
DICE = points(
    [[((i * 41 + k * 29 + i * k * 17) % 67) / 33 - 1 for k in range(4)] for i in range(60)],
    [(i * i * 13 + i * 5 + i // 3) % 19 % 3 for i in range(60)],
)
STATIC = points([[[[((89 * i + 41 * r + 23 * c + i * r * 31 + i * c * 11) % 103) / 51 - 1 for c in range(5)] for r in range(5)]] for i in range(48)],
                [(i * i * 19 + i * 11 + i // 4) % 13 % 2 for i in range(48)])  # fmt: skip


def mixed(name: str, count: int, noise: float, seed: int, **more: object) -> str:
    extra = "".join(f", {field}: {value}" for field, value in more.items())
    return f"{{name: {name}, n_samples: {count}, noise: {noise}, seed: {seed}{extra}}}"


def split(data: str, part: str, seed: int) -> str:
    return f"{data[:-1]}, split: {{{part}: 0.5, seed: {seed}}}}}"


# plateau, with no other cause

sick("plateau", "an even cubic valley by a line", "the best line through a valley that is even is a constant",
     config(EVEN, [linear(1)], MSE, sgd(0.1), plan(100, "full")))  # fmt: skip
sick("plateau", "sixty equal rows", "equal inputs have equal outputs",
     config(EQUAL, [linear(10, "tanh"), linear(1)], MSE, "type: Adam, lr: 0.01", plan(60, "full")))  # fmt: skip
sick("plateau", "corners by two linear layers", "two linear layers are one, and no line is better than a constant",
     config("{name: xor_cloud, n_samples: 600, noise: 0.1, seed: 232}", [linear(8), linear(1)], LOGITS, sgd(0.1), plan(30, 50)))  # fmt: skip
sick("plateau", "a spiral at a rate of 1e-9", "no weight moves",
     config(SPIRAL, [linear(24, "tanh"), linear(3)], CE, sgd(1e-9), plan(30)))  # fmt: skip
sick("plateau", "digits clipped to 1e-9", "no weight moves",
     config(DIGITS, [conv(4, "identity"), "{type: BatchNorm2d, activation: relu}", FLAT, linear(10)], CE, sgd(0.1), plan(3, 64),
            gradient_clipping="{norm: 1.0e-9}"))  # fmt: skip
sick("plateau", "a penalty of 150 on wine", "weights are multiplied by 1 - 0.004 * 150 = 0.4 at every step",
     config(WINE, [linear(12, "tanh"), linear(3)], CE, sgd(0.004), plan(40, 30), regularization="{l2: 150}"), may="symmetric")  # fmt: skip
sick("plateau", "xor by one unit", "one unit is a line, and no line is better than a constant",
     config("{name: xor}", [linear(1, "tanh"), linear(1)], MSE, sgd(0.2), "epochs: 2000, batch_size: full, eval_every: 20"))  # fmt: skip
sick("plateau", "a ring by a line", "no line parts a disc from the ring around it",
     config("{name: circle, n_samples: 600, noise: 0.04, seed: 233}", [linear(2)], CE, sgd(0.1), plan(30, 50)))  # fmt: skip
sick("plateau", "a GRU at 1e-10 of adam", "every step moves every weight by about 1e-10",
     config(sums(6, 240, 234), [recurrent("GRU", 8), linear(1)], MSE, "type: Adam, lr: 1.0e-10", plan(15)))  # fmt: skip

# diverged

sick("diverged", "raw wine by a line at 0.1", "a curvature of a million, a rate of 0.1",
     config(RAW_WINE, [linear(3)], MSE, sgd(0.1), plan(20, 30)))  # fmt: skip
sick("diverged", "raw tumours by squares", "a curvature of a million, a rate of 0.01",
     config(RAW_CANCER, [linear(1)], MSE, sgd(0.01), plan(10, 40)))  # fmt: skip
sick("diverged", "a plane at a rate of 1.5", "the bias alone has a curvature of 2, times 1.5 is more than 2",
     config(PLANE, [linear(1)], MSE, sgd(1.5), plan(30)))  # fmt: skip
sick("diverged", "a wave of tanh at a rate of 4", "the output's bias alone has a curvature of 2, times 4",
     config(WAVE, [linear(12, "tanh"), linear(1)], MSE, sgd(4), plan(30, 16)), may="saturated")  # fmt: skip
sick("diverged", "a linear cubic at a rate of 2", "a curvature of 2, times 2",
     config(CUBIC, [linear(1)], MSE, sgd(2), plan(40, 16)))  # fmt: skip
sick("diverged", "two linear layers at a rate of 3", "the output's bias alone has a curvature of 2, times 3",
     config(PLANE, [linear(6), linear(1)], MSE, sgd(3), plan(25)))  # fmt: skip
sick("diverged", "iris by squares at a rate of 5", "each output's bias has a curvature of 2 / 3, times 5",
     config(IRIS, [linear(3)], MSE, sgd(5), plan(40, 30)))  # fmt: skip
sick("diverged", "an RNN at a rate of 5", "the output's bias alone has a curvature of 2, times 5",
     config(NEXT, [recurrent("RNN", 8), linear(1)], MSE, sgd(5), plan(20)), may="saturated")  # fmt: skip
sick("diverged", "an LSTM at a rate of 4", "the output's bias alone has a curvature of 2, times 4",
     config(sums(6, 240, 235), [recurrent("LSTM", 8), linear(1)], MSE, sgd(4), plan(20)), may="saturated")  # fmt: skip
sick("diverged", "hills of softsign at a rate of 3", "the output's bias alone has a curvature of 2, times 3",
     config(HILLS, [linear(12, "softsign"), linear(1)], MSE, sgd(3), plan(25)), may="saturated")  # fmt: skip
sick("diverged", "a penalty of 300 at a rate of 0.05, moons", "weights are multiplied by 1 - 15 = -14 at every step",
     config(MOONS, [linear(10, "tanh"), linear(2)], CE, sgd(0.05), plan(20), regularization="{l2: 300}"), may="saturated")  # fmt: skip
sick("diverged", "a decay of 100 at a rate of 0.1, blobs", "weights are multiplied by 1 - 10 = -9 at every step",
     config(BLOBS, [linear(10, "silu"), linear(4)], CE, "type: SGD, lr: 0.1, weight_decay: 100", plan(20)))  # fmt: skip
sick("diverged", "a decay of 50 with Lion at 0.1", "weights are multiplied by 1 - 5 = -4 at every step",
     config(PLANE, [linear(1)], MSE, "type: Lion, lr: 0.1, weight_decay: 50", plan(20)))  # fmt: skip
sick("diverged", "adam at 500 on a plane", "every step moves every weight by about 500",
     config(PLANE, [linear(8, "tanh"), linear(1)], MSE, "type: Adam, lr: 500", plan(20)), may="chaotic saturated")  # fmt: skip
sick("diverged", "Lion at 100 on a kink", "every step moves every weight by 100",
     config(KINK, [linear(8, "softsign"), linear(1)], MSE, "type: Lion, lr: 100", plan(20, 16)), may="chaotic saturated")  # fmt: skip
sick("diverged", "RMSprop at 300 on a step", "every step moves every weight by about 300",
     config(STEP, [linear(8, "tanh"), linear(1)], MSE, "type: RMSprop, lr: 300", plan(20, 16)), may="chaotic saturated")  # fmt: skip
sick("diverged", "digits by squares at a rate of 30", "each output's bias has a curvature of 1 / 5, times 30",
     config(DIGITS, [FLAT, linear(10)], MSE, sgd(30), plan(3, 64)))  # fmt: skip
sick("diverged", "digits by a tanh convolution and squares at a rate of 20", "each output's bias has a curvature of 1 / 5, times 20",
     config(DIGITS, [conv(4, "tanh"), FLAT, linear(10)], MSE, sgd(20), plan(3, 64)), may="saturated")  # fmt: skip
sick("diverged", "a wave with momentum at a rate of 2.5", "momentum of 0.5 bears curvature times rate of at most 3, which is 5 here",
     config(WAVE, [linear(8, "tanh"), linear(1)], MSE, sgd(2.5, 0.5), plan(30, 16)), may="saturated")  # fmt: skip
sick("diverged", "a step of two layers with ways around at 2", "the output's bias alone has a curvature of 2, times 2, and the sum more",
     config(STEP, [*around(8, "tanh", 2), linear(1)], MSE, sgd(2), plan(30, 16)), may="saturated")  # fmt: skip
sick("diverged", "a table of bits by squares at a rate of 4", "the output's bias alone has a curvature of 2, times 4",
     config(bits(5, 240, 236), [TABLE, FLAT, linear(1)], MSE, sgd(4), plan(20)))  # fmt: skip

# overfitting

sick("overfitting", "coins by two tanh layers", "labels that do not depend on the inputs, 30 of them",
     config(split(COINS, "val", 31), [linear(64, "tanh"), linear(64, "tanh"), linear(2)], CE, "type: Adam, lr: 0.01", plan(300, 10)))  # fmt: skip
sick("overfitting", "coins by three relu layers", "labels that do not depend on the inputs, 30 of them",
     config(split(COINS, "test", 32), [linear(64, "relu")] * 3 + [linear(1)], LOGITS, "type: Adam, lr: 0.005", plan(250, 10)))  # fmt: skip
sick("overfitting", "coins by probabilities", "labels that do not depend on the inputs, 30 of them",
     config(split(COINS, "val", 33), [linear(96, "gelu"), linear(96, "gelu"), linear(1, "sigmoid")], BCE, "type: Adam, lr: 0.01", plan(250, 10)))  # fmt: skip
sick("overfitting", "dice by two silu layers", "labels that do not depend on the inputs, 30 of them",
     config(split(DICE, "val", 34), [linear(64, "silu"), linear(64, "silu"), linear(3)], CE, "type: AdamW, lr: 0.01", plan(200, 10)))  # fmt: skip
sick("overfitting", "dice behind layer norms", "labels that do not depend on the inputs, 30 of them",
     config(split(DICE, "test", 35), [linear(64), "{type: LayerNorm, activation: relu}", linear(3)], CE, "type: Adam, lr: 0.01", plan(200, 10)))  # fmt: skip
sick("overfitting", "dice behind a batch norm", "labels that do not depend on the inputs, 30 of them",
     config(split(DICE, "val", 36), [linear(64), "{type: BatchNorm1d, activation: relu}", linear(64, "relu"), linear(3)], CE, "type: Adam, lr: 0.01", plan(200, 10)))  # fmt: skip
sick("overfitting", "static by a convolution", "labels that do not depend on the pictures, 24 of them",
     config(split(STATIC, "val", 37), [conv(8, "relu"), FLAT, linear(48, "relu"), linear(2)], CE, "type: Adam, lr: 0.005", plan(150, 8)))  # fmt: skip
sick("overfitting", "static by two convolutions", "labels that do not depend on the pictures, 24 of them",
     config(split(STATIC, "test", 38), [conv(8, "elu"), conv(8, "elu"), FLAT, linear(1)], LOGITS, "type: NAdam, lr: 0.005", plan(150, 8)))  # fmt: skip
sick("overfitting", "an LSTM learns nine bits by heart", "25 of 512 sequences",
     config(split(bits(9, 50, 237), "val", 39), [TABLE, recurrent("LSTM", 24), linear(1)], LOGITS, "type: Adam, lr: 0.02", plan(200, 5)))  # fmt: skip
sick("overfitting", "an RNN learns eleven bits by heart", "25 of 2,048 sequences",
     config(split(bits(11, 50, 238), "val", 40), [TABLE, recurrent("RNN", 32), linear(1)], LOGITS, "type: Adam, lr: 0.005", plan(250, 5)))  # fmt: skip
sick("overfitting", "a GRU learns twelve bits by heart", "25 of 4,096 sequences",
     config(split(bits(12, 50, 239), "test", 41), [recurrent("GRU", 32), linear(1)], LOGITS, "type: Adam, lr: 0.02", plan(250, 5)))  # fmt: skip
sick("overfitting", "a table of ten bits by heart", "30 of 1,024 sequences",
     config(split(bits(10, 60, 240), "val", 42), [TABLE, FLAT, linear(64, "relu"), linear(1)], LOGITS, "type: Adam, lr: 0.01", plan(150, 10)))  # fmt: skip
sick("overfitting", "moons with noise of 0.6", "40 examples of classes that mix, two layers of 96",
     config(split(mixed("moons", 80, 0.6, 241), "val", 43), [linear(96, "relu"), linear(96, "relu"), linear(2)], CE, "type: Adam, lr: 0.01", plan(200, 10)))  # fmt: skip
sick("overfitting", "a ring with noise of 0.6", "40 examples of classes that mix, two layers of 96",
     config(split(mixed("circle", 80, 0.6, 242), "test", 44), [linear(96, "tanh"), linear(96, "tanh"), linear(1)], LOGITS, "type: Adam, lr: 0.01", plan(250, 10)))  # fmt: skip
sick("overfitting", "corners with noise of 0.8", "40 examples of classes that mix, two layers of 96",
     config(split(mixed("xor_cloud", 80, 0.8, 243), "val", 45), [linear(96, "elu"), linear(96, "elu"), linear(2)], CE, "type: RMSprop, lr: 0.003", plan(250, 10)))  # fmt: skip
sick("overfitting", "four blobs with noise of 1.5", "40 examples of classes that mix, two layers of 96",
     config(split(mixed("blobs", 80, 1.5, 244, classes=4), "val", 46), [linear(96, "relu"), linear(96, "relu"), linear(4)], CE, "type: Adam, lr: 0.005", plan(200, 10)))  # fmt: skip
sick("overfitting", "clouds with noise of 3", "40 examples of classes that mix by a third, two layers of 96",
     config(split(mixed("gaussians", 80, 3.0, 245), "val", 47), [linear(96, "relu"), linear(96, "relu"), linear(1)], LOGITS, "type: Adam, lr: 0.005", plan(200, 10)))  # fmt: skip
sick("overfitting", "a wave under noise of 1.2", "24 examples, two layers of 96",
     config(split(mixed("sine", 48, 1.2, 246, standardize="standard"), "val", 48), [linear(96, "tanh"), linear(96, "tanh"), linear(1)], MSE,
            "type: Adam, lr: 0.01", "epochs: 1500, batch_size: full, eval_every: 10"))  # fmt: skip
sick("overfitting", "hills under noise of 1.2", "40 examples, two layers of 96",
     config(split(mixed("multi_gauss", 80, 1.2, 247), "test", 49), [linear(96, "relu"), linear(96, "relu"), linear(1)], MSE,
            "type: Adam, lr: 0.01", "epochs: 600, batch_size: full, eval_every: 5"))  # fmt: skip
sick("overfitting", "a plane under noise of 2", "40 examples, two layers of 96",
     config(split(mixed("plane", 80, 2.0, 248), "val", 50), [linear(96, "gelu"), linear(96, "gelu"), linear(1)], MSE,
            "type: Adam, lr: 0.01", "epochs: 800, batch_size: full, eval_every: 5"))  # fmt: skip
sick("overfitting", "a step under noise of 1.5 by absolute errors", "30 examples, three layers of 64",
     config(split(mixed("step", 60, 1.5, 249), "val", 51), [linear(64, "relu")] * 3 + [linear(1)], "L1Loss",
            "type: Adam, lr: 0.003", "epochs: 1500, batch_size: full, eval_every: 10"))  # fmt: skip

# chaotic: steps that do not shrink, on targets that cannot be fitted, with many weights that a step moves at once

MIX = {"moons": mixed("moons", 200, 0.6, 250), "corners": mixed("xor_cloud", 200, 0.7, 251), "clouds": mixed("gaussians", 200, 2.0, 252),
       "blobs": mixed("blobs", 200, 1.5, 253, classes=4), "ring": mixed("circle", 200, 0.5, 254)}  # fmt: skip


def loud(name: str, data: str, layers: list[str], loss: str, optimizer: str, training: str) -> None:
    sick("chaotic", name, "every step moves every weight by about the rate, never less, and a part of the targets cannot be fitted",
         config(data, layers, loss, optimizer, training), may="diverged saturated plateau dead")  # fmt: skip


loud(
    "mixed moons by 32 tanh with Lion at 0.5",
    MIX["moons"],
    [linear(32, "tanh"), linear(2)],
    CE,
    "type: Lion, lr: 0.5",
    plan(50),
)
loud(
    "mixed corners by 32 tanh with Lion at 0.4",
    MIX["corners"],
    [linear(32, "tanh"), linear(1)],
    LOGITS,
    "type: Lion, lr: 0.4",
    plan(50),
)
loud(
    "mixed blobs by 32 silu with Lion at 0.3",
    MIX["blobs"],
    [linear(32, "silu"), linear(4)],
    CE,
    "type: Lion, lr: 0.3",
    plan(50),
)
loud(
    "mixed clouds by 32 gelu with Lion at 0.4",
    MIX["clouds"],
    [linear(32, "gelu"), linear(2)],
    CE,
    "type: Lion, lr: 0.4",
    plan(50),
)
loud(
    "a mixed ring by 32 softsign with Lion at 1",
    MIX["ring"],
    [linear(32, "softsign"), linear(2)],
    CE,
    "type: Lion, lr: 1.0",
    plan(50),
)
loud(
    "mixed moons by 32 tanh with RMSprop at 2",
    MIX["moons"],
    [linear(32, "tanh"), linear(1)],
    LOGITS,
    "type: RMSprop, lr: 2.0",
    plan(50, 10),
)
loud(
    "mixed corners by 48 tanh with adam at 2",
    MIX["corners"],
    [linear(48, "tanh"), linear(2)],
    CE,
    "type: Adam, lr: 2.0",
    plan(50, 10),
)
loud(
    "mixed clouds by 32 tanh with NAdam at 2",
    MIX["clouds"],
    [linear(32, "tanh"), linear(1)],
    LOGITS,
    "type: NAdam, lr: 2.0",
    plan(50, 10),
)
loud(
    "mixed blobs by 48 tanh with AdamW at 2",
    MIX["blobs"],
    [linear(48, "tanh"), linear(4)],
    CE,
    "type: AdamW, lr: 2.0",
    plan(50, 10),
)
loud("a mixed ring by a line with Lion at 3", MIX["ring"], [linear(1)], LOGITS, "type: Lion, lr: 3.0", plan(50, 10))
loud("mixed moons at a rate of 30", MIX["moons"], [linear(32, "tanh"), linear(2)], CE, sgd(30), plan(50, 10))
loud("mixed blobs at a rate of 40", MIX["blobs"], [linear(32, "tanh"), linear(4)], CE, sgd(40), plan(50, 10))
loud("mixed clouds by a line at a rate of 20", MIX["clouds"], [linear(2)], CE, sgd(20), plan(50, 10))
loud(
    "mixed corners behind a layer norm with Lion at 0.7",
    MIX["corners"],
    [linear(24), "{type: LayerNorm, activation: tanh}", linear(2)],
    CE,
    "type: Lion, lr: 0.7",
    plan(50),
)
loud(
    "mixed moons behind a batch norm with Lion at 0.7",
    MIX["moons"],
    [linear(24), "{type: BatchNorm1d, activation: tanh}", linear(2)],
    CE,
    "type: Lion, lr: 0.7",
    plan(50),
)
loud(
    "an RNN of 24 on bits with Lion at 0.3",
    bits(9, 240, 255),
    [recurrent("RNN", 24), linear(1)],
    LOGITS,
    "type: Lion, lr: 0.3",
    plan(30),
)
loud(
    "an LSTM of 24 on bits with Lion at 0.3",
    bits(9, 240, 256),
    [recurrent("LSTM", 24), linear(1)],
    LOGITS,
    "type: Lion, lr: 0.3",
    plan(30),
)
loud(
    "a GRU of 24 on bits with RMSprop at 0.5",
    bits(9, 240, 257),
    [recurrent("GRU", 24), linear(1)],
    LOGITS,
    "type: RMSprop, lr: 0.5",
    plan(30),
)
loud(
    "digits by kernels of tanh with Lion at 0.2",
    DIGITS,
    [conv(4, "tanh"), MEAN, FLAT, linear(10)],
    CE,
    "type: Lion, lr: 0.2",
    plan(20, 128),
)
loud(
    "a noisy wave by 32 tanh with Lion at 0.3",
    mixed("sine", 96, 0.6, 258, standardize="standard"),
    [linear(32, "tanh"), linear(1)],
    MSE,
    "type: Lion, lr: 0.3",
    plan(50, 16),
)
loud(
    "noisy hills by 32 softsign with Lion at 0.4",
    mixed("multi_gauss", 200, 0.5, 259),
    [linear(32, "softsign"), linear(1)],
    MSE,
    "type: Lion, lr: 0.4",
    plan(50),
)
loud(
    "a noisy plane by a line with Lion at 0.7",
    mixed("plane", 160, 0.5, 260),
    [linear(1)],
    MSE,
    "type: Lion, lr: 0.7",
    plan(50),
)

# healthy

ADAM = "type: Adam, lr: 0.01"
healthy(
    "digits by relu kernels and a pool",
    "Conv2d, MaxPool2d",
    config(DIGITS, [conv(8, "relu"), POOL, FLAT, linear(10)], CE, "type: Adam, lr: 0.005", plan(4, 64)),
)
healthy(
    "digits by tanh kernels and an average",
    "Conv2d, AvgPool2d",
    config(DIGITS, [conv(8, "tanh"), MEAN, FLAT, linear(10)], CE, "type: Adam, lr: 0.005", plan(4, 64)),
)
healthy(
    "digits by a dense layer of silu",
    "Flatten, Linear",
    config(DIGITS, [FLAT, linear(48, "silu"), linear(10)], CE, "type: Adam, lr: 0.005", plan(5, 64)),
)
healthy(
    "digits by a norm of channels",
    "BatchNorm2d",
    config(
        DIGITS,
        [conv(8, "identity"), "{type: BatchNorm2d, activation: relu}", POOL, FLAT, linear(10)],
        CE,
        "type: Adam, lr: 0.005",
        plan(4, 64),
    ),
)
healthy(
    "digits in rows by an LSTM",
    "Reshape, LSTM",
    config(DIGITS, [ROWS, recurrent("LSTM", 24), linear(10)], CE, ADAM, plan(5, 64)),
)
healthy(
    "digits with a dropout of 0.4",
    "Dropout",
    config(
        DIGITS,
        [FLAT, linear(64, "relu"), "{type: Dropout, p: 0.4}", linear(10)],
        CE,
        "type: Adam, lr: 0.004",
        plan(5, 64),
    ),
)
healthy(
    "digits by kernels with a way around",
    "Add",
    config(
        DIGITS,
        [conv(6, "relu"), conv(6, "relu"), "{type: Add, from: 0}", POOL, FLAT, linear(10)],
        CE,
        "type: Adam, lr: 0.004",
        plan(4, 64),
    ),
)
healthy(
    "digits by momentum and a held-out part",
    "SGD, val",
    config(
        "{name: digits, standardize: minmax, split: {val: 0.3, stratify: true, seed: 61}}",
        [FLAT, linear(32, "relu"), linear(10)],
        CE,
        sgd(0.05, 0.9),
        plan(8, 64),
    ),
)
healthy("wine by a tanh layer", "Adam", config(WINE, [linear(12, "tanh"), linear(3)], CE, ADAM, plan(30, 30)))
healthy("wine by margins", "hinge of classes", config(WINE, [linear(3)], "hinge", sgd(0.05), plan(30, 30)))
healthy("wine by squares", "MSELoss of classes", config(WINE, [linear(12, "tanh"), linear(3)], MSE, ADAM, plan(40, 30)))
healthy("tumours by a line", "logistic regression", config(CANCER, [linear(1)], LOGITS, sgd(0.1), plan(20, 40)))
healthy(
    "tumours by two gelu layers",
    "AdamW",
    config(CANCER, [linear(12, "gelu"), linear(12, "gelu"), linear(2)], CE, "type: AdamW, lr: 0.003", plan(12, 40)),
)
healthy(
    "tumours with a test part",
    "a line generalises",
    config(
        "{name: breast_cancer, standardize: standard, split: {test: 0.4, stratify: true, seed: 62}}",
        [linear(2)],
        CE,
        sgd(0.05),
        plan(20, 40),
    ),
)
healthy("iris by a softmax regression", "SGD", config(IRIS, [linear(3)], CE, sgd(0.2), plan(60, 30)))
healthy(
    "iris by two layers of batch norm",
    "BatchNorm1d",
    config(
        IRIS,
        [
            linear(12),
            "{type: BatchNorm1d, activation: tanh}",
            linear(12),
            "{type: BatchNorm1d, activation: tanh}",
            linear(3),
        ],
        CE,
        "type: Adam, lr: 0.005",
        plan(40, 30),
    ),
)
healthy(
    "iris by a layer norm of relu",
    "LayerNorm",
    config(IRIS, [linear(16), "{type: LayerNorm, activation: relu}", linear(3)], CE, ADAM, plan(40, 30)),
)
healthy(
    "iris by adagrad",
    "Adagrad",
    config(IRIS, [linear(12, "tanh"), linear(3)], CE, "type: Adagrad, lr: 0.1", plan(50, 30)),
)
healthy("moons by relu", "Adam", config(MOONS, [linear(32, "relu"), linear(2)], CE, ADAM, plan(60)))
healthy(
    "moons by three silu layers",
    "NAdam",
    config(MOONS, [linear(16, "silu")] * 3 + [linear(1)], LOGITS, "type: NAdam, lr: 0.005", plan(60)),
)
healthy(
    "moons by LBFGS",
    "LBFGS",
    config(
        MOONS,
        [linear(10, "tanh"), linear(2)],
        "{type: CrossEntropyLoss, label_smoothing: 0.1}",
        "type: LBFGS, lr: 1, line_search_fn: strong_wolfe",
        "epochs: 20, batch_size: full",
    ),
)
healthy(
    "moons held out",
    "200 examples, a small network",
    config(
        "{name: moons, n_samples: 400, noise: 0.15, split: {val: 0.5, seed: 63}, seed: 261}",
        [linear(16, "tanh"), linear(2)],
        CE,
        "type: Adam, lr: 0.005",
        plan(60),
    ),
)
healthy(
    "corners by tanh",
    "SGD, momentum",
    config(CORNERS, [linear(16, "tanh"), linear(1)], LOGITS, sgd(0.1, 0.9), plan(80)),
)
healthy(
    "corners by gelu and margins", "hinge", config(CORNERS, [linear(24, "gelu"), linear(1)], "hinge", ADAM, plan(60))
)
healthy(
    "corners by probabilities and squares",
    "sigmoid, MSELoss",
    config(CORNERS, [linear(16, "tanh"), linear(1, "sigmoid")], MSE, ADAM, plan(80)),
)
healthy("clouds by a line", "a line is the best", config(CLOUDS, [linear(2)], CE, sgd(0.1), plan(30)))
healthy(
    "clouds that overlap, by a line",
    "a third of the loss stays",
    config(mixed("gaussians", 400, 1.5, 262), [linear(1)], LOGITS, sgd(0.1), plan(30, 40)),
)
healthy(
    "clouds held out",
    "a line on half of many",
    config(split(mixed("gaussians", 400, 1.2, 263), "test", 64), [linear(2)], CE, sgd(0.05), plan(30)),
)
healthy("blobs by leaky_relu", "Adam", config(BLOBS, [linear(24, "leaky_relu"), linear(4)], CE, ADAM, plan(40)))
healthy(
    "blobs by Adamax",
    "softplus",
    config(BLOBS, [linear(16, "softplus"), linear(4)], CE, "type: Adamax, lr: 0.02", plan(50)),
)
healthy(
    "blobs by RMSprop", "elu", config(BLOBS, [linear(16, "elu"), linear(4)], CE, "type: RMSprop, lr: 0.003", plan(40))
)
healthy("a ring by one layer of relu", "Adam", config(RING, [linear(24, "relu"), linear(1)], LOGITS, ADAM, plan(60)))
healthy(
    "a ring by squares of coordinates",
    "features",
    config(
        "{name: circle, n_samples: 200, noise: 0.04, seed: 264, features: ['x^2', 'y^2']}",
        [linear(1)],
        LOGITS,
        sgd(1.0),
        plan(60),
    ),
)
healthy(
    "a ring by probabilities of softsign",
    "BCELoss",
    config(RING, [linear(24, "softsign"), linear(1, "sigmoid")], BCE, "type: Adam, lr: 0.02", plan(80)),
)
healthy(
    "a spiral by two tanh layers",
    "Adam",
    config(SPIRAL, [linear(32, "tanh"), linear(32, "tanh"), linear(3)], CE, ADAM, plan(100)),
)
healthy(
    "a spiral by relu and a falling rate",
    "StepLR",
    config(
        SPIRAL,
        [linear(48, "relu"), linear(48, "relu"), linear(3)],
        CE,
        ADAM,
        plan(80),
        lr_scheduler="{type: CosineAnnealingLR}",
    ),
)
healthy(
    "a wave by tanh",
    "Adam",
    config(WAVE, [linear(24, "tanh"), linear(24, "tanh"), linear(1)], MSE, "type: Adam, lr: 0.005", plan(120, 16)),
)
healthy(
    "a wave by silu and Huber",
    "HuberLoss",
    config(
        WAVE, [linear(24, "silu"), linear(24, "silu"), linear(1)], "HuberLoss", "type: Adam, lr: 0.005", plan(120, 16)
    ),
)
healthy("a step by tanh", "Adam", config(STEP, [linear(16, "tanh"), linear(1)], MSE, ADAM, plan(100, 16)))
healthy(
    "a step by relu and SmoothL1",
    "SmoothL1Loss",
    config(
        STEP,
        [linear(24, "relu"), linear(24, "relu"), linear(1)],
        "SmoothL1Loss",
        "type: Adam, lr: 0.005",
        plan(100, 16),
    ),
)
healthy("a kink by relu", "MSELoss", config(KINK, [linear(16, "relu"), linear(1)], MSE, ADAM, plan(80, 16)))
healthy(
    "hills by two relu layers",
    "Adam",
    config(HILLS, [linear(32, "relu"), linear(32, "relu"), linear(1)], MSE, "type: Adam, lr: 0.005", plan(100)),
)
healthy(
    "a cubic by tanh and a way around",
    "Add",
    config(CUBIC, [*around(12, "tanh", 2), linear(1)], MSE, ADAM, plan(80, 16)),
)
healthy(
    "a cubic by absolute errors",
    "L1Loss",
    config(
        CUBIC,
        [linear(24, "tanh"), linear(1)],
        "L1Loss",
        "type: Adam, lr: 0.005",
        plan(120, 16),
        lr_scheduler="{type: CosineAnnealingLR}",
    ),
)
healthy("a plane by a line", "SGD", config(PLANE, [linear(1)], MSE, sgd(0.1), plan(40)))
healthy(
    "a plane by Lion", "Lion", config(PLANE, [linear(12, "tanh"), linear(1)], MSE, "type: Lion, lr: 0.001", plan(60))
)
healthy("waves by a GRU", "GRU", config(NEXT, [recurrent("GRU", 12), linear(1)], MSE, ADAM, plan(40)))
healthy(
    "waves by an RNN without bound",
    "RNN, relu",
    config(
        NEXT,
        [recurrent("RNN", 16, nonlinearity="relu", init="{type: orthogonal}"), linear(1)],
        MSE,
        "type: Adam, lr: 0.003",
        plan(40),
        gradient_clipping="{norm: 1.0}",
    ),
)
healthy(
    "sums by an LSTM",
    "LSTM",
    config(
        sums(6, 400, 265),
        [recurrent("LSTM", 16), linear(1)],
        MSE,
        "type: Adam, lr: 0.02",
        plan(60, 25),
        gradient_clipping="{norm: 1.0}",
    ),
)
healthy(
    "parity of three bits by a GRU",
    "Embedding, GRU",
    config(bits(3, 80, 266), [TABLE, recurrent("GRU", 16), linear(1)], LOGITS, "type: Adam, lr: 0.02", plan(80)),
)
healthy(
    "parity of four bits by a table",
    "Embedding, Flatten",
    config(bits(4, 160, 267), [TABLE, FLAT, linear(32, "tanh"), linear(1)], LOGITS, "type: Adam, lr: 0.02", plan(100)),
)
healthy(
    "an echo after one",
    "RNN, return all",
    config(
        "{name: echo, length: 6, delay: 1, n_samples: 240, seed: 268}",
        ["{type: RNN, hidden_size: 16, return: all}", FLAT, linear(6)],
        LOGITS,
        "type: Adam, lr: 0.02",
        plan(40),
    ),
)
healthy(
    "six steps of twelve sigmoid layers",
    "too short to judge",
    config(RING, [linear(8, "sigmoid")] * 12 + [linear(1)], LOGITS, sgd(0.1), "steps: 6, batch_size: 20"),
)
