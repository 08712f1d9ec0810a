"""Configs that no rule of the doctor was made with, labelled by their cause and committed before it had examined them.

They differ from `labelled.py` and `once_held_out.py` in cause, data, depth, kind and optimiser. A rule that is changed
because of one of them makes it one of those: move it to `once_held_out.py`, with its reason.
"""

# ruff: noqa: E501 (a healthy config is one line)

from __future__ import annotations

import json

from .labelled import BCE, CE, FLAT, LOGITS, MSE, NOISY_BARS, Configs, bars, config, conv, linear, normal, recurrent

WINE = "{name: wine, standardize: standard}"
CANCER = "{name: breast_cancer, standardize: standard}"
DIGITS = "{name: digits, standardize: minmax}"
IRIS = "{name: iris, standardize: standard}"
SPIRAL = "{name: spiral, n_samples: 150, seed: 4}"
RINGS = "{name: circle, n_samples: 160, noise: 0.04, seed: 6}"
MOONS = "{name: moons, n_samples: 160, noise: 0.12, seed: 9}"
BLOBS = "{name: blobs, n_samples: 120, classes: 4, noise: 0.25, seed: 5}"
CLOUD = "{name: xor_cloud, n_samples: 160, noise: 0.12, seed: 6}"
WAVE = "{name: sine, n_samples: 64, noise: 0.05, cycles: 1, seed: 12}"
KINK = "{name: abs, n_samples: 48, noise: 0.02, seed: 2}"
PLANE = "{name: plane, n_samples: 100, noise: 0.05, seed: 3}"
NEXT = "{name: sine_next, n_samples: 100, length: 10, seed: 2}"
BITS = "{name: parity, length: 5, n_samples: 200, seed: 3}"


def at(bias: float) -> str:
    return f"{{type: constant, value: {bias}}}"


def points(x: list, y: list) -> str:
    return json.dumps({"points": {"x": x, "y": y}})


PERCENT = points([[i / 20] for i in range(40)], [[20.0 + 2 * i] for i in range(40)])
FROST = points([[i / 20] for i in range(40)], [[-20.0 + i * 0.35] for i in range(40)])
ONE_INPUT = points([[1.0, 1.0]] * 40, [[(i * 7 % 13) / 6 - 1] for i in range(40)])
FAR = points([[i / 20 - 1] for i in range(40)], [[100.0 + 8 * (i / 20 - 1)] for i in range(40)])
SNOW = points([[[[((97 * i + 31 * r + 57 * c + i * r * 13 + i * c * 29) % 101) / 50 - 1 for c in range(4)] for r in range(4)]]
               for i in range(40)], [(i * i * 23 + i * 5 + i // 4) % 7 % 2 for i in range(40)])  # fmt: skip

HELD_OUT = Configs()
sick, healthy = HELD_OUT.sick, HELD_OUT.healthy


# vanishing

sick("vanishing plateau", "eight hardtanh layers, small weights", "weights of 0.08 sqrt(12) = 0.28, eight times",
     config(SPIRAL, [linear(12, "hardtanh")] * 8 + [linear(3)], CE, "type: SGD, lr: 0.05", "epochs: 30, batch_size: 25",
            init=normal(0.08)))  # fmt: skip
sick("vanishing plateau", "fourteen sigmoid layers by hinge", "slopes of at most 1/4, fourteen times",
     config(RINGS, [linear(8, "sigmoid")] * 14 + [linear(1)], "hinge", "type: SGD, lr: 0.05",
            "epochs: 30, batch_size: 20"))  # fmt: skip
sick("vanishing plateau", "six selu convolutions", "kernels of 0.02 sqrt(9 * 4) = 0.12, six times",
     config(DIGITS, [conv(4, "selu", init=normal(0.02))] * 6 + [FLAT, linear(10)], CE, "type: SGD, lr: 0.05",
            "epochs: 3, batch_size: 64"))  # fmt: skip
sick("vanishing plateau", "a GRU over eighty steps", "update gates near 1/2, eighty times",
     config("{name: adding, length: 80, n_samples: 600, seed: 1}", [recurrent("GRU", 4), linear(1)], MSE,
            "type: SGD, lr: 0.1", "epochs: 6, batch_size: 60"))  # fmt: skip
sick("vanishing plateau", "a small RNN on parity", "recurrent weights of 0.12 sqrt(10) = 0.38, 24 times",
     config("{name: parity, length: 24, n_samples: 400, seed: 2}", [recurrent("RNN", 10, init=normal(0.12)), linear(1)],
            LOGITS, "type: SGD, lr: 0.05", "epochs: 10, batch_size: 50"))  # fmt: skip
sick("vanishing plateau", "an embedding below seven sigmoid layers", "slopes of at most 1/4, seven times",
     config("{name: parity, length: 6, n_samples: 200, seed: 4}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 4}", FLAT, *[linear(10, "sigmoid")] * 7, linear(1)],
            LOGITS, "type: SGD, lr: 0.1, momentum: 0.5", "epochs: 30, batch_size: 20"))  # fmt: skip
sick("vanishing plateau", "layer norm before eight tanh layers", "the norm is before the weights of 0.08 sqrt(8) = 0.23",
     config("{name: wine}", ["{type: LayerNorm}", *[linear(8, "tanh", init=normal(0.08))] * 8, linear(3)], CE,
            "type: SGD, lr: 0.1", "epochs: 20, batch_size: 30"))  # fmt: skip
sick("vanishing plateau", "nine leaky layers that shrink", "weights of 0.06 sqrt(16 / 2) = 0.17, nine times",
     config(KINK, [linear(16, "leaky_relu", init=normal(0.06))] * 9 + [linear(1)], "HuberLoss", "type: SGD, lr: 0.1",
            "epochs: 60, batch_size: 12"))  # fmt: skip
sick("vanishing plateau", "digits row by row through a small RNN", "recurrent weights of 0.03 sqrt(8) = 0.08, seven times",
     config(DIGITS, ["{type: Reshape, shape: [8, 8]}", recurrent("RNN", 8, init=normal(0.03)), linear(10)], CE,
            "type: SGD, lr: 0.02", "epochs: 3, batch_size: 64"))  # fmt: skip

# exploding

sick("exploding diverged", "eight mish layers, large weights", "weights of 1.2 sqrt(16 / 2) = 3.4, eight times",
     config(KINK, [linear(16, "mish", init=normal(1.2))] * 8 + [linear(1)], MSE, "type: SGD, lr: 0.001",
            "epochs: 30, batch_size: 12"), may="chaotic dead")  # fmt: skip
sick("exploding", "seven relu convolutions, large kernels", "kernels of 1.2 sqrt(9 * 3 / 2) = 4.4, seven times",
     config(DIGITS, [conv(3, "relu", init=normal(1.2))] * 7 + [FLAT, linear(10)], CE, "type: SGD, lr: 0.1",
            "epochs: 3, batch_size: 64"), may="diverged chaotic plateau dead")  # fmt: skip
sick("exploding diverged", "nine linear layers of gain 3", "orthogonal weights of 3, nine times",
     config("{name: polynomial, n_samples: 50, noise: 0.05, seed: 4}",
            [linear(10, init="{type: orthogonal, gain: 3}")] * 9 + [linear(1)], MSE, "type: SGD, lr: 0.001",
            "epochs: 30, batch_size: 10"))  # fmt: skip
sick("exploding", "an orthogonal relu RNN on bits", "recurrent weights of 2.5 / sqrt(2) = 1.8, sixteen times",
     config("{name: parity, length: 16, n_samples: 150, seed: 5}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 4}",
             recurrent("RNN", 12, nonlinearity="relu", init="{type: orthogonal, gain: 2.5}"), linear(1)], LOGITS,
            "type: SGD, lr: 0.2", "epochs: 15, batch_size: 30"), may="diverged chaotic plateau dead")  # fmt: skip
sick("exploding", "eight elu layers, large weights", "weights of 1.3 sqrt(12 / 2) = 3.2, eight times",
     config(WINE, [linear(12, "elu", init=normal(1.3))] * 8 + [linear(3)], CE, "type: SGD, lr: 0.05",
            "epochs: 20, batch_size: 30"), may="diverged chaotic plateau saturated")  # fmt: skip

# saturated

sick("saturated", "raw wine into hardtanh", "inputs of up to 1680, all positive, to hardtanh",
     config("{name: wine}", [linear(8, "hardtanh"), linear(3)], CE, "type: SGD, lr: 0.01", "epochs: 20, batch_size: 30"),
     may="plateau")  # fmt: skip
sick("saturated plateau", "an LSTM with open gates", "gates and candidates of bias 10: the state counts the steps",
     config(NEXT, [recurrent("LSTM", 6, bias_init=at(10)), linear(1)], MSE, "type: SGD, lr: 0.05",
            "epochs: 30, batch_size: 20"))  # fmt: skip
sick("saturated plateau", "percentages by a sigmoid output", "targets of 20 to 98, outputs of at most 1",
     config(PERCENT, [linear(6, "tanh"), linear(1, "sigmoid")], MSE, "type: SGD, lr: 0.1", "epochs: 60, batch_size: 10"))  # fmt: skip
sick("saturated", "an embedding of 200 into an RNN", "inputs of about 200 to tanh; the last bit alone says nothing",
     config(BITS, ["{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {type: normal, std: 200}}",
            recurrent("RNN", 6), linear(1)], LOGITS, "type: SGD, lr: 0.01", "epochs: 20, batch_size: 20"),
     may="plateau")  # fmt: skip
sick("saturated plateau", "sigmoid convolutions with a bias of -40", "slopes of e^-40 in every pixel",
     config(DIGITS, [conv(4, "sigmoid", bias_init=at(-40)), "{type: AvgPool2d, kernel_size: 2}", FLAT, linear(10)], CE,
            "type: SGD, lr: 0.05", "epochs: 3, batch_size: 64"))  # fmt: skip

# dead

sick("dead plateau", "a layer norm shifted by -10 before relu", "normalised values of at most sqrt(11) = 3.3, minus 10",
     config(IRIS, [linear(12), f"{{type: LayerNorm, activation: relu, bias_init: {at(-10)}}}", linear(3)], CE,
            "type: SGD, lr: 0.05", "epochs: 30, batch_size: 25"))  # fmt: skip
sick("dead plateau", "negative kernels on ink", "pixels are not negative, all kernels are",
     config(DIGITS, [conv(4, "relu", init="{type: uniform, a: -1, b: -0.5}"), "{type: MaxPool2d, kernel_size: 2}", FLAT,
            linear(10)], CE, "type: SGD, lr: 0.05", "epochs: 3, batch_size: 64"))  # fmt: skip
sick("dead", "a dead branch with a way around it", "z < 0 for every example; the sum passes the layer by",
     config(MOONS, [linear(8, "tanh"), linear(8, "relu", bias_init=at(-40)), "{type: Add, from: 0}", linear(2)], CE,
            "type: Adam, lr: 0.02", "epochs: 50, batch_size: 20"))  # fmt: skip
sick("dead plateau", "a relu RNN of negative weights", "numbers and marks are not negative, all weights are",
     config("{name: adding, length: 8, n_samples: 120, seed: 3}",
            [recurrent("RNN", 8, nonlinearity="relu", init="{type: uniform, a: -1, b: -0.5}"), linear(1)], MSE,
            "type: SGD, lr: 0.1", "epochs: 20, batch_size: 20"))  # fmt: skip
sick("dead plateau", "frost by a relu output", "targets of -20 to -6, outputs of at least 0",
     config(FROST, [linear(6, "tanh"), linear(1, "relu")], MSE, "type: SGD, lr: 0.1", "epochs: 60, batch_size: 10"))  # fmt: skip

# symmetric

sick("symmetric", "wine from one constant with RMSprop", "all weights are 0.1",
     config(WINE, [linear(8, "relu"), linear(8, "tanh"), linear(3)], CE, "type: RMSprop, lr: 0.002",
            "epochs: 20, batch_size: 30", init=at(0.1)), may="plateau")  # fmt: skip
sick("symmetric", "convolutions and batch norm from one constant", "equal kernels, equal channels of the norm",
     config(DIGITS, [conv(4, "identity", init=at(0.1)), "{type: BatchNorm2d, activation: relu}",
            "{type: AvgPool2d, kernel_size: 8}", FLAT, linear(10, init=at(0.1))], CE, "type: Adamax, lr: 0.01",
            "epochs: 3, batch_size: 64"), may="plateau")  # fmt: skip
sick("symmetric", "an LSTM from one constant", "all weights of both layers are 0.2",
     config(NEXT, [recurrent("LSTM", 5, init=at(0.2)), linear(1, init=at(0.2))], "L1Loss", "type: NAdam, lr: 0.01",
            "epochs: 20, batch_size: 20"), may="plateau")  # fmt: skip
sick("symmetric", "a constant table below constant relus", "equal columns, equal rows",
     config("{name: parity, length: 6, n_samples: 120, seed: 6}",
            [f"{{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {at(0.3)}}}", FLAT,
             linear(8, "relu", init=at(0.3)), linear(1, init=at(0.3))], LOGITS, "type: Adam, lr: 0.01",
            "epochs: 30, batch_size: 20"), may="plateau")  # fmt: skip
sick("symmetric plateau", "selu from zeros", "all weights are 0, so are all gradients but that of the last bias",
     config(BLOBS, [linear(8, "selu"), linear(8, "selu"), linear(4)], CE, "type: SGD, lr: 0.1",
            "epochs: 30, batch_size: 20", init="zeros"))  # fmt: skip

# plateau

sick("plateau", "a gradient clipped to nothing", "a norm of at most 1e-7",
     config(WINE, [linear(12, "relu"), linear(3)], CE, "type: SGD, lr: 0.1", "epochs: 20, batch_size: 30",
            gradient_clipping="{norm: 1.0e-7}"))  # fmt: skip
sick("plateau", "squares of weights that outweigh the data", "l2 of 5: every weight decays by 5 % at every step",
     config(RINGS, [linear(8, "tanh"), linear(1)], LOGITS, "type: SGD, lr: 0.01", "epochs: 60, batch_size: 20",
            regularization="{l2: 5}"), may="symmetric vanishing")  # fmt: skip
sick("plateau", "a line through the clouds of xor", "no line separates xor",
     config("{name: xor_cloud, n_samples: 400, noise: 0.1, seed: 7}", [linear(2)], CE, "type: SGD, lr: 0.1",
            "epochs: 40, batch_size: 50"))  # fmt: skip
sick("plateau", "parity without a hidden layer", "no weighted sum of bits tells their parity",
     config("{name: parity, length: 8, n_samples: 2000, seed: 7}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 2}", FLAT, linear(1)], LOGITS, "type: SGD, lr: 0.1",
            "epochs: 15, batch_size: 100"))  # fmt: skip
sick("plateau", "one input for every example", "outputs that cannot differ",
     config(ONE_INPUT, [linear(8, "tanh"), linear(1)], MSE, "type: SGD, lr: 0.1", "epochs: 60, batch_size: full"))  # fmt: skip
sick("plateau", "bars averaged away", "every picture has the same mean, and nothing else is left",
     config(bars(), ["{type: AvgPool2d, kernel_size: 4}", FLAT, linear(8, "tanh"), linear(2)], CE, "type: SGD, lr: 0.1",
            "epochs: 60, batch_size: 8"))  # fmt: skip

# diverged

sick("diverged", "raw irises by squares", "a curvature of about 2 / 3 * 60 = 40, a rate of 0.5",
     config("{name: iris}", [linear(3)], MSE, "type: SGD, lr: 0.5", "epochs: 30, batch_size: 50"))  # fmt: skip
sick("diverged", "a sum of squares", "64 examples make a curvature of at least 128, a rate of 0.05",
     config(WAVE, [linear(16, "tanh"), linear(1)], "{type: MSELoss, reduction: sum}", "type: SGD, lr: 0.05",
            "epochs: 60, batch_size: full"))  # fmt: skip
sick("diverged", "momentum of 1.2", "the velocity grows by a fifth at every step",
     config(PLANE, [linear(8, "tanh"), linear(1)], MSE, "type: SGD, lr: 0.01, momentum: 1.2", "epochs: 30, batch_size: 20"))  # fmt: skip
sick("diverged", "a rate that grows tenfold", "0.001 times 10^8",
     config(WAVE, [linear(8, "silu"), linear(1)], MSE, "type: SGD, lr: 0.001", "epochs: 45, batch_size: 16",
            lr_scheduler="{type: StepLR, step_size: 5, gamma: 10}"), may="chaotic")  # fmt: skip
sick("diverged", "an LSTM at a rate of 5", "the output's bias alone has a curvature of 2, times 5",
     config("{name: adding, length: 6, n_samples: 120, seed: 4}", [recurrent("LSTM", 6), linear(1)], MSE,
            "type: SGD, lr: 5.0", "epochs: 20, batch_size: 30"), may="saturated")  # fmt: skip
sick("diverged", "convolutions by squares at a rate of 5", "the output's biases have a curvature of 1, times 5",
     config(NOISY_BARS, [conv(4, "identity"), "{type: BatchNorm2d, activation: relu}", FLAT, linear(2)], MSE,
            "type: SGD, lr: 5.0", "epochs: 60, batch_size: 8"), may="dead")  # fmt: skip
sick("diverged", "batch norm and dropout at a rate of 5", "the output's bias alone has a curvature of 2, times 5",
     config(WAVE, [linear(12), "{type: BatchNorm1d, activation: relu}", "{type: Dropout, p: 0.2}", linear(1)], MSE,
            "type: SGD, lr: 5.0", "epochs: 40, batch_size: 16"), may="dead")  # fmt: skip

# overfitting

sick("overfitting", "two wide clouds", "30 examples, a Bayes error of a quarter, two layers of 96",
     config("{name: gaussians, n_samples: 60, noise: 2.0, split: {val: 0.5, seed: 1}, seed: 8}",
            [linear(96, "relu"), linear(96, "relu"), linear(2)], CE, "type: Adam, lr: 0.01", "epochs: 150, batch_size: 10"))  # fmt: skip
sick("overfitting", "a wave under noise", "20 examples with noise of 0.8, two layers of 96",
     config("{name: sine, n_samples: 40, noise: 0.8, standardize: standard, split: {test: 0.5, seed: 2}, seed: 9}",
            [linear(96, "silu"), linear(96, "silu"), linear(1)], MSE, "type: Adam, lr: 0.01",
            "epochs: 1000, batch_size: full, eval_every: 5"))  # fmt: skip
sick("overfitting", "snow with labels", "labels that do not depend on the pictures, 20 of them",
     config(SNOW[:-1] + ", split: {val: 0.5, seed: 0}}", [conv(8, "relu"), FLAT, linear(32, "relu"), linear(2)], CE,
            "type: Adam, lr: 0.01", "epochs: 120, batch_size: 10"))  # fmt: skip
sick("overfitting", "a GRU learns parities by heart", "20 of 1024 sequences",
     config("{name: parity, length: 10, n_samples: 40, split: {val: 0.5, seed: 3}, seed: 8}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 4}", recurrent("GRU", 24), linear(1)], LOGITS,
            "type: Adam, lr: 0.02", "epochs: 200, batch_size: 10"))  # fmt: skip
sick("overfitting", "a noisy ring with layer norms", "30 examples with noise of 0.5, two layers of 64",
     config("{name: circle, n_samples: 60, noise: 0.5, split: {val: 0.5, seed: 4}, seed: 10}",
            [linear(64), "{type: LayerNorm, activation: relu}", linear(64), "{type: LayerNorm, activation: relu}", linear(2)],
            CE, "type: AdamW, lr: 0.01", "epochs: 150, batch_size: 10"))  # fmt: skip

# chaotic

sick("chaotic", "a spiral with much momentum", "a rate of 3 times 10, bounded by tanh and cross-entropy",
     config(SPIRAL, [linear(24, "tanh"), linear(3)], CE, "type: SGD, lr: 3.0, momentum: 0.9", "epochs: 40, batch_size: 25"),
     may="diverged saturated")  # fmt: skip
sick("chaotic", "a wave by Huber's loss at a rate of 3", "steps of 3 (1 + |a|^2), bounded by the loss's slope of 1",
     config(WAVE, [linear(12, "tanh"), linear(1)], "{type: HuberLoss, delta: 1}", "type: SGD, lr: 3.0",
            "epochs: 60, batch_size: 16"), may="diverged saturated")  # fmt: skip
sick("chaotic", "convolutions with adam at 0.5", "every step moves every weight by about 0.5",
     config(DIGITS, [conv(4, "tanh"), FLAT, linear(10)], CE, "type: Adam, lr: 0.5", "epochs: 12, batch_size: 64"),
     may="diverged saturated")  # fmt: skip
sick("chaotic", "a plane by absolute errors at a rate of 5", "slopes of 1 at any distance, steps of 5",
     config(PLANE, [linear(1)], "L1Loss", "type: SGD, lr: 5.0", "epochs: 40, batch_size: 20"), may="diverged")  # fmt: skip
sick("chaotic", "margins with adam at 3", "every step moves every weight by about 3",
     config(IRIS, [linear(12, "softsign"), linear(3)], "hinge", "type: Adam, lr: 3.0", "epochs: 40, batch_size: 15"),
     may="diverged saturated")  # fmt: skip

# healthy

ADAM = "type: Adam, lr: 0.01"
healthy("digits by two convolutions", "Conv2d, MaxPool2d, twice", config(DIGITS, [conv(6, "relu"), "{type: MaxPool2d, kernel_size: 2}", conv(8, "relu"), "{type: MaxPool2d, kernel_size: 2}", FLAT, linear(10)], CE, "type: Adam, lr: 0.005", "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("digits, averaged", "BatchNorm2d, AvgPool2d, Dropout", config("{name: digits, standardize: minmax, split: {test: 0.2, seed: 3}}", [conv(6, "gelu"), "{type: BatchNorm2d}", "{type: AvgPool2d, kernel_size: 2}", FLAT, "{type: Dropout, p: 0.2}", linear(10)], CE, "type: NAdam, lr: 0.005", "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("digits with momentum", "SGD", config(DIGITS, [FLAT, linear(32, "tanh"), linear(10)], CE, "type: SGD, lr: 0.05, momentum: 0.9", "epochs: 6, batch_size: 32"))  # fmt: skip
healthy("digits row by row, LSTM", "Reshape", config(DIGITS, ["{type: Reshape, shape: [8, 8]}", recurrent("LSTM", 16), linear(10)], CE, ADAM, "epochs: 5, batch_size: 64"))  # fmt: skip
healthy("ten tanh layers, orthogonal", "weights that keep the gradient's size", config(RINGS, [linear(12, "tanh", init="orthogonal")] * 10 + [linear(1)], LOGITS, "type: Adam, lr: 0.003", "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("waves from their last points", "a gradient that vanishes in time, and nothing far back to learn", config("{name: sine_next, n_samples: 100, length: 30, seed: 6}", [recurrent("RNN", 8), linear(1)], MSE, ADAM, "epochs: 30, batch_size: 20"))  # fmt: skip
healthy("equal hidden weights, drawn output weights", "unequal gradients part the units", config(MOONS, [linear(8, "tanh", init=at(0.3)), linear(2)], CE, "type: Adam, lr: 0.03", "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("half of the units switched off", "relus that die are not needed", config(BLOBS, [linear(32, "relu", bias_init="{type: uniform, a: -1.5, b: 0.5}"), linear(4)], CE, ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("a saturated classifier", "outputs at 0 and 1 that are right", config("{name: gaussians, n_samples: 120, noise: 0.3, seed: 11}", [linear(4, "tanh"), linear(1, "sigmoid")], BCE, "type: Adam, lr: 0.05", "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("targets far from zero", "a first loss of 10,000 that falls", config(FAR, [linear(1)], MSE, "type: SGD, lr: 0.1", "epochs: 60, batch_size: 10"))  # fmt: skip
healthy("a wave under much noise", "the loss stays at the noise", config("{name: sine, n_samples: 300, noise: 0.6, split: {val: 0.3, seed: 5}, standardize: standard, seed: 13}", [linear(8, "tanh"), linear(1)], MSE, ADAM, "epochs: 60, batch_size: 30"))  # fmt: skip
healthy("clouds with a validation part", "as many unseen examples as seen, early enough", config("{name: gaussians, n_samples: 300, noise: 1.0, split: {val: 0.5, seed: 6}, seed: 12}", [linear(6, "tanh"), linear(1)], LOGITS, ADAM, "epochs: 40, batch_size: 30"))  # fmt: skip
healthy("small batches", "noise of two examples a step", config(IRIS, [linear(8, "tanh"), linear(3)], CE, "type: SGD, lr: 0.02", "epochs: 20, batch_size: 2"))  # fmt: skip
healthy("one example a step", "noise of online learning", config(RINGS, [linear(8, "relu"), linear(1)], LOGITS, "type: SGD, lr: 0.02", "epochs: 25, batch_size: 1"))  # fmt: skip
healthy("xor by LBFGS", "full batches, four units", config("{name: xor_cloud, n_samples: 80, noise: 0.15, seed: 9}", [linear(6, "tanh"), linear(1)], LOGITS, "type: LBFGS, line_search_fn: strong_wolfe", "epochs: 10, batch_size: full", regularization="{l2: 0.01}"))  # fmt: skip
healthy("tumours by logistic regression", "a penalty", config(CANCER, [linear(1)], LOGITS, "type: SGD, lr: 0.1", "epochs: 15, batch_size: 64", regularization="{l2: 0.01}"))  # fmt: skip
healthy("wine with Lion", "signs of gradients", config(WINE, [linear(12, "silu"), linear(3)], CE, "type: Lion, lr: 0.002", "epochs: 30, batch_size: 30"))  # fmt: skip
healthy("wine with Adagrad", "a rate that falls by itself", config(WINE, [linear(12, "elu"), linear(3)], CE, "type: Adagrad, lr: 0.05", "epochs: 30, batch_size: 30"))  # fmt: skip
healthy("a kink by two relus", "L1", config(KINK, [linear(12, "relu"), linear(1)], "L1Loss", ADAM, "epochs: 120, batch_size: 12"))  # fmt: skip
healthy("a plane by SmoothL1", "a linear model at its floor", config(PLANE, [linear(1)], "SmoothL1Loss", "type: SGD, lr: 0.2", "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("a kink by Huber, in single precision", "mish", config(KINK, [linear(16, "mish"), linear(1)], "HuberLoss", ADAM, "epochs: 120, batch_size: 12", dtype="float32"))  # fmt: skip
healthy("blobs with label smoothing", "the loss stays above 0", config(BLOBS, [linear(12, "leaky_relu"), linear(4)], "{type: CrossEntropyLoss, label_smoothing: 0.2}", ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("blobs by margins", "hinge of four classes", config(BLOBS, [linear(10, "softsign"), linear(4)], "hinge", ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("clouds with strong dropout", "Dropout 0.4, twice", config(CLOUD, [linear(32, "relu"), "{type: Dropout, p: 0.4}", linear(32, "relu"), "{type: Dropout, p: 0.4}", linear(2)], CE, ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("twelve layers with ways around", "Add, six times", config(CLOUD, [linear(10, "tanh")] + [layer for i in range(6) for layer in (linear(10, "tanh"), f"{{type: Add, from: {2 * i}}}")] + [linear(2)], CE, "type: Adam, lr: 0.003", "epochs: 50, batch_size: 20"))  # fmt: skip
healthy("sums of eight numbers", "GRU", config("{name: adding, length: 8, n_samples: 300, seed: 6}", [recurrent("GRU", 16), linear(1)], MSE, "type: Adam, lr: 0.02", "epochs: 40, batch_size: 30"))  # fmt: skip
healthy("the last bit but one", "RNN, an answer at every step", config("{name: echo, length: 6, delay: 1, n_samples: 150, seed: 2}", ["{type: RNN, hidden_size: 12, return: all}", FLAT, linear(6)], LOGITS, "type: Adam, lr: 0.02", "epochs: 50, batch_size: 20"))  # fmt: skip
healthy("parity of three by a table", "Embedding, Flatten", config("{name: parity, length: 3, n_samples: 60, seed: 9}", ["{type: Embedding, num_embeddings: 2, embedding_dim: 3}", FLAT, linear(16, "tanh"), linear(1)], LOGITS, "type: Adam, lr: 0.03", "epochs: 100, batch_size: 15"))  # fmt: skip
healthy("a rate that warms up and falls", "OneCycleLR, LayerNorm", config(MOONS, [linear(16), "{type: LayerNorm, activation: relu}", linear(2)], CE, "type: SGD, lr: 0.05, momentum: 0.9", "epochs: 50, batch_size: 20", lr_scheduler="{type: OneCycleLR, max_lr: 0.2}"))  # fmt: skip
healthy("four steps", "too short to judge", config(WINE, [linear(8, "sigmoid")] * 8 + [linear(3)], CE, "type: SGD, lr: 0.01", "steps: 4, batch_size: 30"))  # fmt: skip
