"""The last held-out configs: at least twenty for each finding, labelled from the definitions before any was examined.

They are what ADR 84 measures. After that measurement two rules on chaos were changed for causes that their chaotic
configs showed: those estimate chaos no more. A label that a run contradicts by the documented definition is not changed,
but explained there. `reserved_curves.py` has those whose curves show what is wrong.
"""

# ruff: noqa: E501 (a config is two lines)

from __future__ import annotations

from .held_out import at, points
from .labelled import BCE, CE, FLAT, LOGITS, MSE, Configs, config, conv, linear, normal, recurrent

WINE, RAW_WINE = "{name: wine, standardize: standard}", "{name: wine}"
CANCER, RAW_CANCER = "{name: breast_cancer, standardize: standard}", "{name: breast_cancer}"
IRIS = "{name: iris, standardize: standard}"
DIGITS = "{name: digits, standardize: minmax}"
MOONS = "{name: moons, n_samples: 200, noise: 0.1, seed: 201}"
CORNERS = "{name: xor_cloud, n_samples: 240, noise: 0.15, seed: 202}"
CLOUDS = "{name: gaussians, n_samples: 200, noise: 0.7, seed: 203}"
BLOBS = "{name: blobs, n_samples: 200, classes: 4, noise: 0.25, seed: 204}"
RING = "{name: circle, n_samples: 200, noise: 0.04, seed: 205}"
SPIRAL = "{name: spiral, n_samples: 210, noise: 0.15, seed: 206}"
WAVE = "{name: sine, n_samples: 96, noise: 0.08, standardize: standard, seed: 207}"
STEP = "{name: step, n_samples: 96, noise: 0.04, seed: 208}"
KINK = "{name: abs, n_samples: 96, noise: 0.02, seed: 209}"
HILLS = "{name: multi_gauss, n_samples: 200, noise: 0.04, seed: 210}"
CUBIC = "{name: polynomial, n_samples: 96, noise: 0.04, seed: 211}"
PLANE = "{name: plane, n_samples: 160, noise: 0.1, seed: 212}"
NEXT = "{name: sine_next, n_samples: 160, length: 12, seed: 213}"
ROWS = "{type: Reshape, shape: [8, 8]}"
TABLE = "{type: Embedding, num_embeddings: 2, embedding_dim: 5}"
POOL, MEAN = "{type: MaxPool2d, kernel_size: 2}", "{type: AvgPool2d, kernel_size: 2}"
FROZEN = {"trainable": "false"}
SUMMERS = points([[i / 25 - 1] for i in range(50)], [[24.0 + i / 5] for i in range(50)])
YEARS = points([[i / 25 - 1] for i in range(50)], [[1950.0 + i] for i in range(50)])
DEBTS = points([[i / 30 - 1] for i in range(60)], [[-300.0 - 2.0 * i] for i in range(60)])
FLOATS = points([[i / 25 - 1, (i % 7) / 7] for i in range(50)], [[3.0 + i / 50] for i in range(50)])
WEIGHTS = points([[40.0 + i, 150.0 + i / 2] for i in range(60)], [[0.02 * i] for i in range(60)])
HOUSES = points([[50.0 + 3 * i, 1.0 + i % 4] for i in range(60)], [[200_000.0 + 4000 * i] for i in range(60)])


def bits(length: int, count: int, seed: int) -> str:
    return f"{{name: parity, length: {length}, n_samples: {count}, seed: {seed}}}"


def sums(length: int, count: int, seed: int) -> str:
    return f"{{name: adding, length: {length}, n_samples: {count}, seed: {seed}}}"


def uniform(low: float, high: float) -> str:
    return f"{{type: uniform, a: {low}, b: {high}}}"


def sgd(lr: float, momentum: float = 0.0) -> str:
    return f"type: SGD, lr: {lr}" + (f", momentum: {momentum}" if momentum else "")


def plan(epochs: int, batch: int | str = 20) -> str:
    return f"epochs: {epochs}, batch_size: {batch}"


def around(size: int, activation: str, count: int, **more: str) -> list[str]:
    """Return a layer and `count` others, each with a way around it."""
    layers = [linear(size)]
    for number in range(count):
        layers += [linear(size, activation, **more), f"{{type: Add, from: {2 * number}}}"]
    return layers


RESERVED = Configs()
sick = RESERVED.sick

# vanishing

VANISHING = "vanishing plateau"
sick(VANISHING, "ten sigmoid layers on a plane", "slopes of at most 1/4, ten times",
     config(PLANE, [linear(10, "sigmoid")] * 10 + [linear(1)], MSE, sgd(0.05), plan(40)))  # fmt: skip
sick(VANISHING, "eleven tanh layers of small weights, wine", "0.08 sqrt(10) = 0.25, eleven times",
     config(WINE, [linear(10, "tanh", init=normal(0.08))] * 11 + [linear(3)], CE, sgd(0.1), plan(30, 30)))  # fmt: skip
sick(VANISHING, "eight silu layers of small weights", "a slope of 1/2, weights of 0.1 sqrt(12) = 0.35, eight times",
     config(STEP, [linear(12, "silu", init=normal(0.1))] * 8 + [linear(1)], "HuberLoss", sgd(0.05), plan(50, 16)))  # fmt: skip
sick(VANISHING, "nine elu layers of small weights, tumours", "0.07 sqrt(10) = 0.22, nine times",
     config(CANCER, [linear(10, "elu", init=normal(0.07))] * 9 + [linear(1)], LOGITS, sgd(0.05), plan(12, 40)))  # fmt: skip
sick(VANISHING, "ten softsign layers of small weights, a spiral", "0.1 sqrt(8) = 0.28, ten times",
     config(SPIRAL, [linear(8, "softsign", init=normal(0.1))] * 10 + [linear(3)], CE, sgd(0.1), plan(40)))  # fmt: skip
sick(VANISHING, "ten linear layers of small weights, a cubic", "0.08 sqrt(8) = 0.23, ten times",
     config(CUBIC, [linear(8, init=normal(0.08))] * 10 + [linear(1)], MSE, sgd(0.05, 0.9), plan(40, 16)))  # fmt: skip
sick(VANISHING, "eight mish layers of small weights", "a slope of 0.6, weights of 0.1 sqrt(12) = 0.35, eight times",
     config(MOONS, [linear(12, "mish", init=normal(0.1))] * 8 + [linear(2)], CE, sgd(0.1), plan(40)))  # fmt: skip
sick(VANISHING, "nine hardtanh layers of small weights", "0.09 sqrt(9) = 0.27, nine times",
     config(RING, [linear(9, "hardtanh", init=normal(0.09))] * 9 + [linear(1)], LOGITS, sgd(0.1), plan(40)))  # fmt: skip
sick(VANISHING, "six sigmoid convolutions of small kernels", "slopes of 1/4, kernels of 0.05 sqrt(9 * 3) = 0.26, six times",
     config(DIGITS, [conv(3, "sigmoid", init=normal(0.05))] * 6 + [FLAT, linear(10, init=normal(0.01))], CE, sgd(0.01), plan(3, 64)))  # fmt: skip
sick(VANISHING, "seven leaky convolutions of small kernels", "0.02 sqrt(9 * 4 / 2) = 0.08, seven times",
     config(DIGITS, [conv(4, "leaky_relu", init=normal(0.02))] * 7 + [MEAN, FLAT, linear(10)], CE, sgd(0.02), plan(3, 64)))  # fmt: skip
sick(VANISHING, "an RNN of small weights over thirty-five bits", "0.1 sqrt(10) = 0.32, thirty-five times",
     config(bits(35, 600, 214), [recurrent("RNN", 10, init=normal(0.1)), linear(1)], LOGITS, sgd(0.05), plan(8, 50)))  # fmt: skip
sick(VANISHING, "a relu RNN of small weights over forty-five numbers", "0.15 sqrt(6 / 2) = 0.26, forty-five times",
     config(sums(45, 500, 215), [recurrent("RNN", 6, nonlinearity="relu", init=normal(0.15)), linear(1)], MSE, sgd(0.02), plan(8, 50)),
     may="dead")  # fmt: skip
sick(VANISHING, "an LSTM over sixty bits", "forget gates near 1/2, sixty times",
     config(bits(60, 500, 216), [recurrent("LSTM", 6), linear(1)], LOGITS, sgd(0.05), plan(5, 50)))  # fmt: skip
sick(VANISHING, "a GRU over fifty bits", "update gates of sigmoid(-2) keep 0.12 of the state, fifty times",
     config(bits(50, 500, 217), [recurrent("GRU", 6, init=normal(0.1), bias_init=at(-2)), linear(1)], LOGITS, sgd(0.05), plan(5, 50)))  # fmt: skip
sick(VANISHING, "a table and an RNN over forty bits", "0.08 sqrt(12) = 0.28, forty times",
     config(bits(40, 600, 218), [TABLE, recurrent("RNN", 12, init=normal(0.08)), linear(1)], LOGITS, sgd(0.03), plan(6, 50)))  # fmt: skip
sick(VANISHING, "an LSTM over sixty numbers", "forget gates near 1/2, sixty times",
     config(sums(60, 400, 219), [recurrent("LSTM", 6), linear(1)], "SmoothL1Loss", sgd(0.02), plan(5, 50)))  # fmt: skip
sick(VANISHING, "thirteen sigmoid layers at a small rate of adam", "slopes of at most 1/4, thirteen times",
     config(BLOBS, [linear(8, "sigmoid")] * 13 + [linear(4)], CE, "type: Adam, lr: 0.0005", plan(25)))  # fmt: skip
sick(VANISHING, "nine sigmoid layers behind a layer norm", "slopes of at most 1/4, nine times",
     config(WINE, [linear(8), "{type: LayerNorm}", *[linear(8, "sigmoid")] * 9, linear(3)], CE, sgd(0.05), plan(25, 30)))  # fmt: skip
sick(VANISHING, "nine small tanh layers with a dropout", "0.1 sqrt(8) = 0.28, nine times",
     config(MOONS, [linear(8, "tanh", init=normal(0.1))] * 5 + ["{type: Dropout, p: 0.2}"] + [linear(8, "tanh", init=normal(0.1))] * 4 + [linear(1)],
            LOGITS, sgd(0.1), plan(40)))  # fmt: skip
sick(VANISHING, "twelve narrow gelu layers by margins", "a slope of 1/2, weights of 0.2 sqrt(6) = 0.49, twelve times",
     config(CORNERS, [linear(6, "gelu", init=normal(0.2))] * 12 + [linear(1)], "hinge", sgd(0.05), plan(40)))  # fmt: skip
sick(VANISHING, "nine relu layers of small weights by absolute errors", "0.08 sqrt(14 / 2) = 0.21, nine times",
     config(KINK, [linear(14, "relu", init=normal(0.08))] * 9 + [linear(1)], "L1Loss", sgd(0.005), plan(50, 16)), may="dead")  # fmt: skip

# exploding

sick("exploding", "seven relu layers of large weights on a wave", "sqrt(24 / 2) = 3.5, seven times",
     config(WAVE, [linear(24, "relu", init=normal(1))] * 7 + [linear(1)], MSE, sgd(0.01), plan(30, 16)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding diverged", "nine linear layers of gain 2.5", "orthogonal weights of 2.5, nine times",
     config(PLANE, [linear(12, init="{type: orthogonal, gain: 2.5}")] * 9 + [linear(1)], MSE, sgd(0.001), plan(20)))  # fmt: skip
sick("exploding diverged", "eight leaky layers of large weights", "0.9 sqrt(30 / 2) = 3.5, eight times, and nothing dies",
     config(STEP, [linear(30, "{type: leaky_relu, negative_slope: 0.1}", init=normal(0.9))] * 8 + [linear(1)], MSE, sgd(0.01), plan(30, 16)))  # fmt: skip
sick("exploding", "eight elu layers of large weights, iris", "sqrt(20 / 2) = 3.2, eight times",
     config(IRIS, [linear(20, "elu", init=normal(1))] * 8 + [linear(3)], CE, sgd(0.1), plan(30, 30)),
     may="diverged dead plateau chaotic saturated")  # fmt: skip
sick("exploding", "seven gelu layers of large weights on hills", "sqrt(24 / 2) = 3.5, seven times",
     config(HILLS, [linear(24, "gelu", init=normal(1))] * 7 + [linear(1)], MSE, sgd(0.01), plan(25)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "a relu RNN of gain 3 on sums", "recurrent weights of 3 / sqrt(2) = 2.1, sixteen times",
     config(sums(16, 300, 220), [recurrent("RNN", 12, nonlinearity="relu", init="{type: orthogonal, gain: 3}"), linear(1)], MSE, sgd(0.01), plan(15, 30)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "a relu RNN of positive weights on waves", "weights of 0.5 on average, ten of them: 5, twelve times",
     config(NEXT, [recurrent("RNN", 10, nonlinearity="relu", init=uniform(0, 1)), linear(1)], MSE, sgd(0.01), plan(15)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "a relu RNN of gain 4 on bits", "recurrent weights of 4 / sqrt(2) = 2.8, twenty times",
     config(bits(20, 300, 221), [recurrent("RNN", 10, nonlinearity="relu", init="{type: orthogonal, gain: 4}"), linear(1)], LOGITS, sgd(0.1), plan(12, 30)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "six silu convolutions of large kernels by squares", "sqrt(9 * 4 / 2) = 4.2, six times",
     config(DIGITS, [conv(4, "silu", init=normal(1))] * 6 + [MEAN, FLAT, linear(10)], MSE, sgd(0.001), plan(3, 64)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding diverged", "six convolutions without slopes, large kernels", "sqrt(9 * 4) = 6, six times, and nothing dies",
     config(DIGITS, [conv(4, "identity", init=normal(1))] * 6 + [FLAT, linear(10)], MSE, sgd(0.001), plan(3, 64)))  # fmt: skip
sick("exploding", "eight mish layers of large weights by Huber", "1.2 sqrt(16 / 2) = 3.4, eight times",
     config(CUBIC, [linear(16, "mish", init=normal(1.2))] * 8 + [linear(1)], "HuberLoss", sgd(0.01), plan(30, 16)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "seven softplus layers of large weights", "slopes of 0 and 1, sqrt(20 / 2) = 3.2, seven times",
     config(PLANE, [linear(20, "softplus", init=normal(1))] * 7 + [linear(1)], MSE, sgd(0.01), plan(25)),
     may="diverged dead plateau chaotic saturated")  # fmt: skip
sick("exploding", "nine relu layers of large weights with a small rate of adam", "sqrt(20 / 2) = 3.2, nine times: the loss begins at millions and a rate of 1e-5 is too small to bring it back",
     config(WAVE, [linear(20, "relu", init=normal(1))] * 9 + [linear(1)], MSE, "type: Adam, lr: 0.00001", plan(20, 16)),
     may="diverged plateau chaotic dead")  # fmt: skip
sick("exploding", "eight clipped relu layers of large weights", "sqrt(20 / 2) = 3.2, eight times; clipped steps are too small to bring the loss back",
     config(KINK, [linear(20, "relu", init=normal(1))] * 8 + [linear(1)], MSE, sgd(0.001), plan(20, 16), gradient_clipping="{norm: 0.1}"),
     may="plateau diverged chaotic dead")  # fmt: skip
sick("exploding diverged", "eight linear layers with ways around them", "1 + 2, eight times",
     config(PLANE, [*around(10, "identity", 8, init="{type: orthogonal, gain: 2}"), linear(1)], MSE, sgd(0.01), plan(20)))  # fmt: skip
sick("exploding", "seven relu layers of large weights and dropouts", "sqrt(24 / 2) = 3.5, seven times",
     config(CUBIC, [layer for _ in range(7) for layer in (linear(24, "relu", init=normal(1)), "{type: Dropout, p: 0.1}")] + [linear(1)], MSE, sgd(0.01), plan(25, 16)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "a table below seven large relu layers", "sqrt(24 / 2) = 3.5, seven times",
     config(bits(8, 240, 222), [TABLE, FLAT, *[linear(24, "relu", init=normal(1))] * 7, linear(1)], MSE, sgd(0.01), plan(15)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "seven selu layers of large weights", "1.05 sqrt(20 / 2) = 3.3, seven times",
     config(HILLS, [linear(20, "selu", init=normal(1))] * 7 + [linear(1)], MSE, sgd(0.02), plan(25)),
     may="diverged dead plateau chaotic saturated")  # fmt: skip
sick("exploding", "six relu convolutions of large kernels with momentum", "sqrt(9 * 5 / 2) = 4.7, six times",
     config(DIGITS, [conv(5, "relu", init=normal(1))] * 6 + [POOL, FLAT, linear(10)], MSE, sgd(0.005, 0.9), plan(3, 64)),
     may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding diverged", "ten narrow linear layers of gain 3", "orthogonal weights of 3, ten times",
     config(IRIS, [linear(6, init="{type: orthogonal, gain: 3}")] * 10 + [linear(3)], MSE, sgd(0.001), plan(20, 30)))  # fmt: skip

# saturated: outputs at a bound pass no gradient on

STILL = "saturated plateau"
sick(STILL, "summers by a tanh output", "targets of 24 to 34, outputs of at most 1",
     config(SUMMERS, [linear(8, "tanh"), linear(1, "tanh")], MSE, sgd(0.05), plan(60, 10)))  # fmt: skip
sick(STILL, "years by a sigmoid output and absolute errors", "targets of 1950 to 1999, outputs of at most 1",
     config(YEARS, [linear(8, "tanh"), linear(1, "sigmoid")], "L1Loss", sgd(0.1, 0.9), plan(120, 10)))  # fmt: skip
sick(STILL, "debts by a tanh output and Huber", "targets of -420 to -300, outputs of at least -1",
     config(DEBTS, [linear(10, "softsign"), linear(1, "tanh")], "HuberLoss", sgd(0.1, 0.9), plan(100, 10)))  # fmt: skip
sick(STILL, "floats of 3 to 4 by a hardtanh output", "targets of 3 to 4, outputs of at most 1",
     config(FLOATS, [linear(8, "tanh"), linear(1, "hardtanh")], MSE, sgd(0.05), plan(60, 10)))  # fmt: skip
sick(STILL, "a ring by one sigmoid at 500", "outputs of 0 and 1 on the two sides of a line, half of them wrong, and no slope",
     config(RING, [linear(1, "sigmoid", init=normal(500))], MSE, sgd(0.1), plan(40)))  # fmt: skip
sick(STILL, "corners by two layers at 300", "outputs of 0 and 1 by chance, and no slope",
     config(CORNERS, [linear(2, "tanh", init=normal(300)), linear(1, "sigmoid", init=normal(300))], MSE, sgd(0.1), plan(40),
            seeds="[0, 1, 2, 3]"))  # fmt: skip
sick(STILL, "a ring behind tanh at 200, a frozen output", "weights of 200, no slope",
     config(RING, [linear(10, "tanh", init=normal(200)), linear(1, **FROZEN)], LOGITS, sgd(0.001), plan(30)))  # fmt: skip
sick(STILL, "raw tumours into sigmoid, a frozen output", "inputs of hundreds, not scaled",
     config(RAW_CANCER, [linear(8, "sigmoid", init=normal(0.5)), linear(1, **FROZEN)], LOGITS, sgd(0.0001), plan(12, 40)))  # fmt: skip
sick(STILL, "an RNN at 100 on bits, a frozen output", "weights of 100 at every step",
     config(bits(6, 240, 223), [recurrent("RNN", 8, init=normal(100)), linear(1, **FROZEN)], LOGITS, sgd(0.0001), plan(20)))  # fmt: skip
sick(STILL, "tanh kernels at 100, a frozen output", "kernels of 100 on pixels of 0 to 1",
     config(DIGITS, [conv(3, "tanh", init=normal(100), bias_init=at(20)), FLAT, linear(10, **FROZEN)], CE, sgd(0.00001), plan(2, 64)))  # fmt: skip
sick(STILL, "kernels with a bias of 60 below sigmoid", "every output is 1",
     config(DIGITS, [conv(3, "sigmoid", bias_init=at(60)), POOL, FLAT, linear(10)], CE, sgd(0.01), plan(3, 64)))  # fmt: skip
sick(STILL, "a bias of -40 below tanh, iris", "every output is -1",
     config(IRIS, [linear(10, "tanh", bias_init=at(-40)), linear(3)], CE, sgd(0.05), plan(30, 30)))  # fmt: skip
sick(STILL, "a bias of -80 below sigmoid on a wave", "every output is 0",
     config(WAVE, [linear(12, "sigmoid", bias_init=at(-80)), linear(1)], MSE, sgd(0.05), plan(40, 16)))  # fmt: skip
sick(STILL, "an RNN with a bias of 50", "every state is 1",
     config(sums(8, 240, 224), [recurrent("RNN", 8, bias_init=at(50)), linear(1)], MSE, sgd(0.02), plan(20)))  # fmt: skip
sick(STILL, "raw wine into sigmoid, positive weights", "sums of hundreds: every output is 1",
     config(RAW_WINE, [linear(8, "sigmoid", init=uniform(0.1, 1)), linear(3)], CE, sgd(0.01), plan(30, 30)))  # fmt: skip
sick(STILL, "weights of people into tanh, positive weights", "sums of a hundred and more: every output is 1",
     config(WEIGHTS, [linear(8, "tanh", init=uniform(0.5, 1.5)), linear(1)], MSE, sgd(0.02), plan(40, 10)))  # fmt: skip
sick(STILL, "the second of two layers with a bias of 30", "every output of the second layer is 1",
     config(MOONS, [linear(12, "relu"), linear(12, "tanh", bias_init=at(30)), linear(2)], CE, sgd(0.02), plan(30)))  # fmt: skip
sick(STILL, "a bias of 50 below sigmoid, by probabilities", "every output of the hidden layer is 1",
     config(CLOUDS, [linear(8, "sigmoid", bias_init=at(50)), linear(1, "sigmoid")], BCE, sgd(0.05), plan(30)))  # fmt: skip
sick(STILL, "a table of 300 below tanh, a frozen output", "inputs of hundreds",
     config(bits(7, 240, 225), [f"{{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {normal(300)}}}", FLAT, linear(8, "tanh", init=normal(1)),
            linear(1, **FROZEN)], LOGITS, sgd(0.0001), plan(20)))  # fmt: skip
sick(STILL, "a layer norm moved by 50 below tanh", "every output is 1",
     config(WINE, [linear(10), f"{{type: LayerNorm, activation: tanh, bias_init: {at(50)}}}", linear(3)], CE, sgd(0.02), plan(30, 30)))  # fmt: skip
sick(STILL, "a batch norm moved by -40 below sigmoid", "every output is 0",
     config(CANCER, [linear(10), f"{{type: BatchNorm1d, activation: sigmoid, bias_init: {at(-40)}}}", linear(2)], CE, sgd(0.02), plan(12, 40)))  # fmt: skip

# dead

DEAD = "dead plateau"
sick(DEAD, "relus with a bias of -40 on a wave", "inputs of at most 2, a bias of -40",
     config(WAVE, [linear(16, "relu", bias_init=at(-40)), linear(1)], MSE, "type: Adam, lr: 0.005", plan(40, 16)))  # fmt: skip
sick(DEAD, "relus with a bias of -30 on hills", "inputs of at most 1, a bias of -30",
     config(HILLS, [linear(16, "relu", bias_init=at(-30)), linear(1)], "HuberLoss", sgd(0.05), plan(30)))  # fmt: skip
sick(DEAD, "relus with a bias of -25 on a spiral", "inputs of at most 1, a bias of -25",
     config(SPIRAL, [linear(32, "relu", bias_init=at(-25)), linear(3)], CE, sgd(0.1, 0.9), plan(30)))  # fmt: skip
sick(DEAD, "the second of three layers below -60, tumours", "inputs of a few dozens, a bias of -60",
     config(CANCER, [linear(16, "tanh"), linear(16, "relu", bias_init=at(-60)), linear(8, "tanh"), linear(1)], LOGITS, sgd(0.05), plan(12, 40)))  # fmt: skip
sick(DEAD, "raw wine behind negative weights", "inputs of more than 0, weights of less than 0",
     config(RAW_WINE, [linear(12, "relu", init=uniform(-1, -0.1)), linear(3)], CE, sgd(0.05), plan(25, 30)))  # fmt: skip
sick(DEAD, "kernels of -2 to -0.5 with a bias below an average", "pixels of 0 to 1, z < 0 everywhere",
     config(DIGITS, [conv(5, "relu", init=uniform(-2, -0.5), bias_init=at(-0.2)), MEAN, FLAT, linear(10)], CE, "type: Adam, lr: 0.002", plan(3, 64)))  # fmt: skip
sick(DEAD, "a batch norm moved by -20 below relu", "normalised values of at most sqrt(29), minus 20",
     config(WINE, [linear(10), f"{{type: BatchNorm1d, activation: relu, bias_init: {at(-20)}}}", linear(3)], CE, sgd(0.02), plan(25, 30)))  # fmt: skip
sick(DEAD, "a layer norm moved by -25 below relu, digits", "normalised values of at most sqrt(23), minus 25",
     config(DIGITS, [FLAT, linear(24), f"{{type: LayerNorm, activation: relu, bias_init: {at(-25)}}}", linear(10)], CE, sgd(0.05), plan(3, 64)))  # fmt: skip
sick(DEAD, "a relu RNN with a bias of -30", "every state is 0",
     config(sums(8, 240, 226), [recurrent("RNN", 10, nonlinearity="relu", bias_init=at(-30)), linear(1)], MSE, sgd(0.02), plan(20)))  # fmt: skip
sick(DEAD, "a relu RNN of negative weights on rows of pixels", "pixels of 0 to 1, z < 0 at every step",
     config(DIGITS, [ROWS, recurrent("RNN", 10, nonlinearity="relu", init=uniform(-1, -0.1), bias_init=at(-0.1)), linear(10)], CE, sgd(0.05), plan(3, 64)))  # fmt: skip
sick(DEAD, "a dead convolution above a living one", "a bias of -80 on values of a few units",
     config(DIGITS, [conv(4, "relu"), conv(4, "relu", bias_init=at(-80)), FLAT, linear(10)], CE, sgd(0.05), plan(3, 64)))  # fmt: skip
sick("dead", "a dead layer with a way around it, moons", "z < 0 for every example; the sum passes the layer by",
     config(MOONS, [linear(10, "tanh"), linear(10, "relu", bias_init=at(-30)), "{type: Add, from: 0}", linear(2)], CE, "type: Adam, lr: 0.01", plan(40)))  # fmt: skip
sick("dead", "the second of two dead ways around, iris", "z < 0 for every example; the sum passes the layers by",
     config(IRIS, [linear(8, "tanh"), linear(8, "relu"), "{type: Add, from: 0}", linear(8, "relu", bias_init=at(-50)), "{type: Add, from: 2}", linear(3)],
            CE, "type: Adam, lr: 0.01", plan(40, 30)))  # fmt: skip
sick(DEAD, "a table below relus with a bias of -20", "values of a few units, a bias of -20",
     config(bits(6, 240, 227), [TABLE, FLAT, linear(16, "relu", bias_init=at(-20)), linear(1)], LOGITS, sgd(0.05), plan(20)))  # fmt: skip
sick(DEAD, "debts by a relu output", "targets of less than 0, an output of at least 0",
     config(points([[i / 30 - 1] for i in range(60)], [[-5.0 - 0.1 * i] for i in range(60)]), [linear(8, "tanh"), linear(1, "relu")], MSE, sgd(0.05), plan(60, 10)))  # fmt: skip
sick(DEAD, "houses in dollars", "targets of hundreds of thousands: the first step throws every unit below 0",
     config(HOUSES, [linear(12, "relu"), linear(1)], MSE, sgd(0.1), plan(40, "full")), may="diverged")  # fmt: skip
sick(DEAD, "a dead layer below a dropout", "inputs of at most 3, a bias of -35",
     config(CLOUDS, [linear(16, "relu", bias_init=at(-35)), "{type: Dropout, p: 0.3}", linear(1)], "hinge", sgd(0.02), plan(25)))  # fmt: skip
sick(DEAD, "a kink by dead units and absolute errors", "inputs of at most 1, a bias of -10",
     config(KINK, [linear(12, "relu", bias_init=at(-10)), linear(1)], "L1Loss", sgd(0.002), plan(60, 16)))  # fmt: skip
sick(DEAD, "relus with a bias of -15 by probabilities", "inputs of at most 1, a bias of -15",
     config(RING, [linear(16, "relu", bias_init=at(-15)), linear(1, "sigmoid")], BCE, "type: RMSprop, lr: 0.002", plan(30)))  # fmt: skip
sick(DEAD, "a dead layer above an LSTM", "states of at most 1, a bias of -20",
     config(NEXT, [recurrent("LSTM", 8), linear(8, "relu", bias_init=at(-20)), linear(1)], "SmoothL1Loss", sgd(0.05), plan(20)))  # fmt: skip
sick(DEAD, "a dead layer above a GRU", "states of at most 1, a bias of -20",
     config(bits(5, 240, 228), [recurrent("GRU", 8), linear(8, "relu", bias_init=at(-20)), linear(1)], LOGITS, sgd(0.05), plan(20)))  # fmt: skip
sick(DEAD, "corners by dead relus in two layers", "the first layer is 0, so the second is its bias",
     config(CORNERS, [linear(16, "relu", bias_init=at(-20)), linear(16, "relu"), linear(1)], LOGITS, sgd(0.1), plan(30)))  # fmt: skip

# symmetric: nothing parts units that begin equal

MAY = "plateau saturated dead"


def alike(name: str, data: str, layers: list[str], loss: str, optimizer: str, training: str, value: float) -> None:
    sick(
        "symmetric",
        name,
        f"all weights of a layer are {value}",
        config(data, layers, loss, optimizer, training, init=at(value)),
        may=MAY,
    )


alike("moons by sigmoids from 0.5", MOONS, [linear(8, "sigmoid"), linear(2)], CE, sgd(0.5), plan(40), 0.5)
alike("wine by tanh from 0.05", WINE, [linear(10, "tanh"), linear(3)], CE, "type: Adam, lr: 0.005", plan(30, 30), 0.05)
alike("iris by relu from 0.1", IRIS, [linear(12, "relu"), linear(3)], CE, sgd(0.1), plan(30, 30), 0.1)
alike("hills by gelu from 0.2", HILLS, [linear(10, "gelu"), linear(1)], MSE, "type: RMSprop, lr: 0.003", plan(30), 0.2)
alike(
    "a wave by two silu layers from 0.1",
    WAVE,
    [linear(8, "silu"), linear(8, "silu"), linear(1)],
    MSE,
    "type: NAdam, lr: 0.003",
    plan(30, 16),
    0.1,
)
alike("digits by kernels of 0.1", DIGITS, [conv(4, "relu"), POOL, FLAT, linear(10)], CE, sgd(0.05), plan(3, 64), 0.1)
alike(
    "digits by two layers of kernels of 0.05",
    DIGITS,
    [conv(4, "tanh"), conv(4, "tanh"), MEAN, FLAT, linear(10)],
    CE,
    sgd(0.02, 0.9),
    plan(3, 64),
    0.05,
)
alike("an RNN from 0.2 on waves", NEXT, [recurrent("RNN", 8), linear(1)], MSE, sgd(0.02), plan(20), 0.2)
alike(
    "an LSTM from 0.1 on sums",
    sums(8, 240, 229),
    [recurrent("LSTM", 6), linear(1)],
    MSE,
    "type: Adam, lr: 0.01",
    plan(15),
    0.1,
)
alike("a GRU from 0 on bits", bits(6, 240, 230), [recurrent("GRU", 6), linear(1)], LOGITS, sgd(0.1), plan(15), 0.0)
alike("a step from zeros", STEP, [linear(8, "tanh"), linear(1)], MSE, sgd(0.1), plan(40, 16), 0.0)
alike(
    "tumours from zeros by adagrad",
    CANCER,
    [linear(12, "softsign"), linear(2)],
    CE,
    "type: Adagrad, lr: 0.05",
    plan(12, 40),
    0.0,
)
alike("a ring by margins from -0.3", RING, [linear(8, "elu"), linear(1)], "hinge", sgd(0.05), plan(30), -0.3)
alike("blobs by mish from 0.4", BLOBS, [linear(9, "mish"), linear(4)], CE, "type: Adamax, lr: 0.005", plan(30), 0.4)
alike(
    "a kink by Huber from 0.25", KINK, [linear(8, "leaky_relu"), linear(1)], "HuberLoss", sgd(0.1), plan(40, 16), 0.25
)
alike("a plane by Lion from 0.1", PLANE, [linear(8, "tanh"), linear(1)], MSE, "type: Lion, lr: 0.001", plan(30), 0.1)
alike(
    "clouds by probabilities from 1", CLOUDS, [linear(6, "sigmoid"), linear(1, "sigmoid")], BCE, sgd(0.2), plan(30), 1.0
)
alike(
    "a cubic by selu from 0.15",
    CUBIC,
    [linear(8, "selu"), linear(8, "selu"), linear(1)],
    "SmoothL1Loss",
    sgd(0.05),
    plan(40, 16),
    0.15,
)
alike(
    "a spiral by softplus from 0.1",
    SPIRAL,
    [linear(16, "softplus"), linear(3)],
    CE,
    "type: AdamW, lr: 0.005",
    plan(30),
    0.1,
)
alike(
    "corners by absolute values of adadelta from 0.2",
    CORNERS,
    [linear(8, "hardtanh"), linear(1)],
    "L1Loss",
    "type: Adadelta, lr: 0.5",
    plan(30),
    0.2,
)
alike(
    "a relu RNN from 0.1 on sums",
    sums(6, 240, 231),
    [recurrent("RNN", 6, nonlinearity="relu"), linear(1)],
    MSE,
    sgd(0.01),
    plan(20),
    0.1,
)
