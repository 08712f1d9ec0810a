"""Configs that were held out once: labelled before the doctor had examined them, and used to mend it since.

They are fitted now, as those of `labelled.py`. Labels that were wrong were changed, with the reason.
"""

# ruff: noqa: E501 (a healthy config is one line)

from __future__ import annotations

import json

from .labelled import BCE, CE, FLAT, LOGITS, MSE, Configs, config, conv, linear, normal, recurrent

WINE = "{name: wine, standardize: standard}"
CANCER = "{name: breast_cancer, standardize: standard}"
DIGITS = "{name: digits, standardize: minmax}"
HILLS = "{name: multi_gauss, n_samples: 120}"
BLOBS = "{name: blobs, n_samples: 100, classes: 5, noise: 0.3, seed: 1}"
CLOUD = "{name: xor_cloud, n_samples: 120, noise: 0.15, seed: 2}"
CUBIC = "{name: polynomial, n_samples: 50, noise: 0.1, coefficients: [0.5, 1, 0, -2], seed: 3}"
ECHO = "{name: echo, length: 8, delay: 2, n_samples: 120}"
AREAS = json.dumps({"points": {"x": [[80 + 45 * i] for i in range(40)], "y": [[0.1 + 0.02 * i] for i in range(40)]}})
DEGREES = json.dumps({"points": {"x": [[i / 10] for i in range(30)], "y": [[18 + i / 10] for i in range(30)]}})
PRICES = json.dumps(
    {"points": {"x": [[i / 20, (i * 7 % 11) / 11] for i in range(40)], "y": [[120000 + 9000 * i] for i in range(40)]}}
)
COINS = json.dumps({"points": {"x": [[(i * 37 % 101) / 50 - 1, (i * 53 % 97) / 48 - 1, (i * 29 % 89) / 44 - 1] for i in range(64)],
                               "y": [(i * i * 31 + i * 17 + i // 3) % 7 % 2 for i in range(64)]}})  # fmt: skip
OUTLIERS = json.dumps(
    {
        "points": {
            "x": [[i / 20 - 1] for i in range(40)],
            "y": [[0.8 * (i / 20 - 1) + (6.0 if i % 13 == 5 else 0.0)] for i in range(40)],
        }
    }
)

ONCE_HELD_OUT = Configs()
sick, healthy = ONCE_HELD_OUT.sick, ONCE_HELD_OUT.healthy


# vanishing

sick("vanishing plateau", "twelve sigmoid layers on wine", "slopes of at most 1/4, twelve times",
     config(WINE, [linear(10, "sigmoid")] * 12 + [linear(3)], CE, "type: SGD, lr: 0.05", "epochs: 25, batch_size: 32"))  # fmt: skip
sick("vanishing plateau", "small tanh weights on digits", "weights of 0.05 sqrt(20) = 0.22, six times",
     config(DIGITS, [FLAT] + [linear(20, "tanh", init=normal(0.05))] * 6 + [linear(10)], CE, "type: SGD, lr: 0.05",
            "epochs: 6, batch_size: 64"))  # fmt: skip
sick("vanishing plateau", "five tanh convolutions on digits", "kernels of 0.03 sqrt(9 * 4) = 0.18, five times",
     config(DIGITS, [conv(4, "tanh", init=normal(0.03))] * 5 + [FLAT, linear(10)], CE, "type: SGD, lr: 0.02",
            "epochs: 3, batch_size: 64"))  # fmt: skip
sick("vanishing plateau", "an LSTM over sixty steps", "forget gates near 1/2, sixty times",
     config("{name: adding, length: 60, n_samples: 150}", [recurrent("LSTM", 8), linear(1)], MSE, "type: SGD, lr: 0.02",
            "epochs: 8, batch_size: 50"))  # fmt: skip
sick("vanishing plateau", "an orthogonal RNN of gain 1/2", "recurrent weights of 1/2, twenty times",
     config("{name: parity, length: 20, n_samples: 200}",
            [recurrent("RNN", 12, init="{type: orthogonal, gain: 0.5}"), linear(1)], LOGITS, "type: SGD, lr: 0.05",
            "epochs: 20, batch_size: 25"))  # fmt: skip
sick("vanishing plateau", "mish layers that shrink", "weights of 0.05 sqrt(30 / 3) = 0.16, seven times",
     config(HILLS, [linear(30, "mish")] * 7 + [linear(1)], "SmoothL1Loss", "type: SGD, lr: 0.1, momentum: 0.5",
            "epochs: 40, batch_size: 40", init=normal(0.05)))  # fmt: skip

# exploding

sick("exploding diverged", "seven gelu layers, large weights", "weights of 1 sqrt(20 / 2) = 3.2, seven times",
     config(HILLS, [linear(20, "gelu")] * 7 + [linear(1)], MSE, "type: SGD, lr: 0.001", "epochs: 30, batch_size: 40",
            init=normal(1.0)), may="chaotic")  # fmt: skip
sick("exploding diverged", "an orthogonal relu RNN of gain 2.2", "recurrent weights of 2.2 / sqrt(2) = 1.55, 25 times",
     config("{name: adding, length: 25, n_samples: 150}",
            [recurrent("RNN", 12, nonlinearity="relu", init="{type: orthogonal, gain: 2.2}"), linear(1)], MSE,
            "type: SGD, lr: 0.05", "epochs: 12, batch_size: 50"), may="dead plateau")  # fmt: skip
sick("exploding", "five convolutions of gain 6", "kernels of 6 / sqrt(2) = 4.2, five times",
     config(DIGITS, [conv(4, "leaky_relu", init="{type: kaiming_normal, gain: 6}")] * 5 + [FLAT, linear(10)], CE,
            "type: SGD, lr: 0.1", "epochs: 3, batch_size: 64"), may="diverged chaotic plateau dead")  # fmt: skip
sick("exploding", "nine softplus layers, large weights", "weights of 1 with outputs that are all positive, nine times",
     config(CUBIC, [linear(8, "softplus")] * 9 + [linear(1)], MSE, "type: SGD, lr: 0.001", "epochs: 40, batch_size: 10",
            init=normal(1.5)), may="diverged plateau chaotic dead")  # fmt: skip

# saturated

sick("saturated plateau", "areas in square metres into tanh", "inputs of 80 to 1835, not scaled, all positive",
     config(AREAS, [linear(8, "tanh"), linear(1)], MSE, "type: SGD, lr: 0.01", "epochs: 60, batch_size: 10"))  # fmt: skip
sick("saturated plateau", "degrees by a tanh output", "targets of 18 to 21, outputs of at most 1",
     config(DEGREES, [linear(6, "relu"), linear(1, "tanh")], MSE, "type: SGD, lr: 0.1", "epochs: 80, batch_size: 10"),
     may="dead")  # fmt: skip
sick("saturated plateau", "an output bias of -25 before sigmoid", "a slope of e^-25 and squares",
     config("{name: or}", [linear(4, "softsign"), linear(1, "sigmoid", bias_init="{type: constant, value: -25}")], MSE,
            "type: RMSprop, lr: 1.0e-4", "epochs: 200, batch_size: full"))  # fmt: skip
sick("saturated", "an embedding of 300 into sigmoid", "inputs of several hundred to sigmoid, a frozen output",
     config("{name: parity, length: 6, n_samples: 64}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {type: normal, std: 300}}", FLAT,
             linear(8, "sigmoid"), linear(1, trainable="false")], LOGITS, "type: Adagrad, lr: 0.01",
            "epochs: 40, batch_size: 16"), may="plateau")  # fmt: skip

# dead

sick("dead plateau", "a batch norm shifted by -8 before relu", "normalised values of at most 4 or so, minus 8",
     config(BLOBS, [linear(12), "{type: BatchNorm1d, activation: relu, bias_init: {type: constant, value: -8}}", linear(5)],
            CE, "type: SGD, lr: 0.05", "epochs: 40, batch_size: 25"))  # fmt: skip
sick("dead plateau", "a second convolution with a bias of -30", "z < 0 in every pixel",
     config(DIGITS, [conv(4, "relu"), "{type: MaxPool2d, kernel_size: 2}",
            conv(8, "relu", bias_init="{type: constant, value: -30}"), FLAT, linear(10)], CE, "type: Adam, lr: 0.001",
            "epochs: 3, batch_size: 64"))  # fmt: skip
sick("dead plateau", "a relu output that begins at -10", "all outputs are 0, so is the gradient",
     config("{name: abs, n_samples: 50}", [linear(10, "tanh"), linear(1, "relu", bias_init="{type: constant, value: -10}")],
            MSE, "type: SGD, lr: 0.1, momentum: 0.9", "epochs: 50, batch_size: 10"))  # fmt: skip

# symmetric

sick("symmetric", "digits from one constant", "all weights are 0.05",
     config(DIGITS, [FLAT, linear(16, "relu"), linear(10)], CE, "type: Adam, lr: 0.002", "epochs: 4, batch_size: 64",
            init="{type: constant, value: 0.05}"), may="plateau")  # fmt: skip
sick("symmetric", "a GELU network from ones", "all weights are 1",
     config(WINE, [linear(8, "gelu"), linear(8, "gelu"), linear(3)], CE, "type: Adam, lr: 0.01",
            "epochs: 25, batch_size: 32", init="ones"), may="plateau")  # fmt: skip
sick("symmetric plateau", "a convolutional network from zeros", "all weights are 0",
     config(DIGITS, [conv(6, "relu"), "{type: AvgPool2d, kernel_size: 2}", FLAT, linear(12, "relu"), linear(10)], CE,
            "type: SGD, lr: 0.1", "epochs: 3, batch_size: 64", init="zeros"), may="dead")  # fmt: skip
sick("symmetric", "an embedding and an RNN from one constant", "all weights of both are 0.2",
     config("{name: parity, length: 6, n_samples: 64}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {type: constant, value: 0.2}}",
             recurrent("RNN", 6, init="{type: constant, value: 0.2}"), linear(1, init="{type: constant, value: 0.2}")],
            LOGITS, "type: Adam, lr: 0.01", "epochs: 30, batch_size: 16"), may="plateau")  # fmt: skip

# plateau

sick("plateau", "a line through ten periods", "the best line explains 6 / (10 pi)^2 = 0.6 % of a sine of ten periods",
     config("{name: sine, n_samples: 200, cycles: 10, noise: 0, standardize: standard}", [linear(1)], MSE,
            "type: SGD, lr: 0.1", "epochs: 60, batch_size: full"))  # fmt: skip
sick("plateau", "a penalty that outweighs the data", "l1 of 10 holds every weight at 0",
     config("{name: moons, n_samples: 120, noise: 0.1, seed: 4}", [linear(12, "tanh"), linear(2)], CE,
            "type: SGD, lr: 0.001", "epochs: 80, batch_size: 30", regularization="{l1: 10}"),
     may="symmetric dead chaotic vanishing")  # fmt: skip
sick("plateau", "a rate that falls to nothing at once", "the rate falls by 100 at every step",
     config(DIGITS, [FLAT, linear(24, "relu"), linear(10)], CE, "type: SGD, lr: 0.001", "epochs: 5, batch_size: 64",
            lr_scheduler="{type: ExponentialLR, gamma: 0.01, per: step}"))  # fmt: skip
sick("plateau", "everything but the bias is frozen", "a constant is all that can be learned",
     config(CANCER, [linear(8, "relu", trainable="false"), linear(1, init="zeros", lr="1.0e-8")], LOGITS, "type: SGD, lr: 0.1",
            "epochs: 12, batch_size: 64"))  # fmt: skip

# diverged

sick("diverged", "a rate that grows by half every epoch", "0.01 times 1.5^50 = 6e6",
     config("{name: abs, n_samples: 50}", [linear(8, "tanh"), linear(1)], MSE, "type: SGD, lr: 0.01",
            "epochs: 50, batch_size: 10", lr_scheduler="{type: ExponentialLR, gamma: 1.5}"), may="saturated chaotic")  # fmt: skip
sick("diverged", "raw tumours by squares", "inputs of up to 4254, a rate of 0.01",
     config("{name: breast_cancer}", [linear(8, "elu"), linear(2)], MSE, "type: SGD, lr: 0.01", "epochs: 6, batch_size: 64"),
     may="exploding")  # fmt: skip
sick("diverged", "momentum of 0.99 and a rate of 1", "an effective rate of 100",
     config("{name: sine, n_samples: 80, cycles: 2, noise: 0.1, seed: 5}", [linear(16, "silu"), linear(1)], MSE,
            "type: SGD, lr: 1.0, momentum: 0.99, nesterov: true", "epochs: 30, batch_size: 20"))  # fmt: skip
sick("diverged", "adagrad at 500", "a first step of 500 in every weight",
     config(HILLS, [linear(10, "leaky_relu"), linear(1)], MSE, "type: Adagrad, lr: 500", "epochs: 30, batch_size: 30"),
     may="chaotic plateau exploding")  # fmt: skip
sick("diverged", "lion at 10 on a recurrent network", "every weight moves by 10 at every step",
     config("{name: sine_next, n_samples: 80, length: 12}", [recurrent("RNN", 8), linear(1)], MSE, "type: Lion, lr: 10",
            "epochs: 15, batch_size: 20"), may="chaotic saturated")  # fmt: skip
# labelled diverged at first: but the first step kills the layer, and the last bias, alone, is at a stable rate
sick("dead", "prices in dollars", "targets of 120,000 to 470,000, a rate of 0.5",
     config(PRICES, [linear(12, "relu"), linear(1)], MSE, "type: SGD, lr: 0.5", "epochs: 40, batch_size: 10"),
     may="diverged exploding plateau")  # fmt: skip

# overfitting

sick("overfitting", "coins learned by heart", "labels that do not depend on the inputs, 32 of them",
     config(COINS[:-1] + ", split: {val: 0.5, seed: 1}}", [linear(64, "tanh"), linear(32, "tanh"), linear(2)], CE,
            "type: Adam, lr: 0.01", "epochs: 200, batch_size: 16"))  # fmt: skip
sick("overfitting", "a cubic through noise", "12 examples with noise of 0.5, two layers of 80",
     config("{name: polynomial, n_samples: 24, noise: 0.5, split: {val: 0.5, seed: 2}, seed: 6}",
            [linear(80, "gelu"), linear(80, "gelu"), linear(1)], MSE, "type: NAdam, lr: 0.01",
            "epochs: 800, batch_size: full, eval_every: 5"))  # fmt: skip
# labelled overfitting at first: but a sum is a rule that twenty examples show, without noise to learn by heart
sick("", "a GRU learns twenty sums by heart", "20 sequences of length 12, 32 units",
     config("{name: adding, length: 12, n_samples: 40, split: {test: 0.5, seed: 3}}", [recurrent("GRU", 32), linear(1)],
            MSE, "type: Adam, lr: 0.01", "epochs: 300, batch_size: 20, eval_every: 3"))  # fmt: skip
sick("overfitting", "overlapping clouds of five classes", "25 examples with noise of 0.9",
     config("{name: blobs, n_samples: 50, classes: 5, noise: 0.9, split: {val: 0.5, stratify: true, seed: 0}, seed: 7}",
            [linear(48, "elu"), linear(48, "elu"), linear(5)], CE, "type: RMSprop, lr: 0.005",
            "epochs: 150, batch_size: 10"))  # fmt: skip

# plateau: what chance gives is not learned, and a constant is no divergence

sick("vanishing plateau", "an RNN of small weights on long sums", "recurrent weights of 0.08 sqrt(12) = 0.28, fifty times",
     config("{name: adding, length: 50, n_samples: 200, seed: 3}", [recurrent("RNN", 12, init=normal(0.08)), linear(1)],
            MSE, "type: SGD, lr: 0.05", "epochs: 10, batch_size: 50"))  # fmt: skip
sick("plateau", "a decay that erases the weights", "AdamW multiplies the weights by 1 - 0.01 * 100 = 0 at every step",
     config("{name: moons, n_samples: 160, noise: 0.15, seed: 42}", [linear(16, "tanh"), linear(2)], CE,
            "type: AdamW, lr: 0.01, weight_decay: 100", "epochs: 40, batch_size: 20"), may="symmetric")  # fmt: skip

# chaotic

sick("chaotic", "wine with RMSprop at 1", "every step moves every weight by about 1",
     config(WINE, [linear(16, "tanh"), linear(3)], CE, "type: RMSprop, lr: 1.0", "epochs: 40, batch_size: 16"),
     may="diverged saturated")  # fmt: skip
sick("chaotic", "digits at a rate of 4", "updates over the minimum, bounded by tanh and cross-entropy",
     config(DIGITS, [FLAT, linear(20, "tanh"), linear(10)], CE, "type: SGD, lr: 4.0", "epochs: 12, batch_size: 64"),
     may="diverged saturated")  # fmt: skip
# labelled chaotic at first: but gates bound what a state can do, and adam's steps shrink when its gradients agree less
sick("", "an LSTM with adam at 0.6", "every step moves every weight by about 0.6",
     config(ECHO, ["{type: LSTM, hidden_size: 12, return: all}", FLAT, linear(8)], LOGITS, "type: Adam, lr: 0.6",
            "epochs: 40, batch_size: 15"), may="chaotic diverged saturated plateau")  # fmt: skip

# healthy

ADAM = "type: Adam, lr: 0.01"
healthy("digits, relu", "the usual network", config("{name: digits, standardize: minmax, split: {test: 0.25, seed: 0}}", [FLAT, linear(24, "relu"), linear(10)], CE, "type: Adam, lr: 0.003", "epochs: 6, batch_size: 64"))  # fmt: skip
healthy("digits, convolution and batch norm", "Conv2d, BatchNorm2d, AvgPool2d", config(DIGITS, [conv(4, "identity"), "{type: BatchNorm2d, activation: relu}", "{type: AvgPool2d, kernel_size: 2}", FLAT, linear(10)], CE, "type: Adam, lr: 0.005", "epochs: 3, batch_size: 64"))  # fmt: skip
healthy("digits row by row", "Reshape, GRU", config(DIGITS, ["{type: Reshape, shape: [8, 8]}", recurrent("GRU", 16), linear(10)], CE, ADAM, "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("wine, elu", "a validation part and weight decay", config("{name: wine, standardize: standard, split: {val: 0.3, stratify: true, seed: 0}}", [linear(16, "elu"), linear(16, "elu"), linear(3)], CE, "type: AdamW, lr: 0.005, weight_decay: 0.05", "epochs: 20, batch_size: 16"))  # fmt: skip
healthy("breast cancer, gelu and dropout", "single precision", config(CANCER, [linear(12, "gelu"), "{type: Dropout, p: 0.3}", linear(1)], LOGITS, "type: Adam, lr: 0.005", "epochs: 10, batch_size: 32", dtype="float32"))  # fmt: skip
healthy("iris, NAdam", "softplus", config("{name: iris, standardize: minmax}", [linear(10, "softplus"), linear(3)], CE, "type: NAdam, lr: 0.02", "epochs: 60, batch_size: 25"))  # fmt: skip
healthy("iris, one example a step", "noise of online learning", config("{name: iris, standardize: standard}", [linear(6, "relu"), linear(3)], CE, "type: SGD, lr: 0.02", "epochs: 15, batch_size: 1"))  # fmt: skip
healthy("a spiral of three arms", "tanh", config("{name: spiral, n_samples: 150, seed: 8}", [linear(48, "tanh"), linear(3)], CE, "type: Adam, lr: 0.02", "epochs: 80, batch_size: 30"))  # fmt: skip
healthy("hills, Adamax", "two relu layers", config(HILLS, [linear(32, "relu"), linear(32, "relu"), linear(1)], MSE, "type: Adamax, lr: 0.01", "epochs: 80, batch_size: 30"))  # fmt: skip
healthy("two periods with a line search", "LBFGS", config("{name: sine, n_samples: 60, cycles: 2, noise: 0.1, standardize: standard, seed: 9}", [linear(12, "tanh"), linear(1)], MSE, "type: LBFGS, line_search_fn: strong_wolfe", "epochs: 15, batch_size: full"))  # fmt: skip
healthy("a noisy step", "a single unit at its floor", config("{name: step, n_samples: 80, noise: 0.2, seed: 1}", [linear(6, "sigmoid"), linear(1)], MSE, "type: SGD, lr: 0.2, momentum: 0.9, nesterov: true", "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("areas, standardised", "a line through prices", config(AREAS[:-1] + ", standardize: standard}", [linear(1)], MSE, "type: SGD, lr: 0.05", "epochs: 60, batch_size: 10"))  # fmt: skip
healthy("outliers by Huber", "the loss stays at the outliers", config(OUTLIERS, [linear(8, "tanh"), linear(1)], "{type: HuberLoss, delta: 0.5}", ADAM, "epochs: 80, batch_size: 10"))  # fmt: skip
healthy("outliers by absolute errors", "the loss stays at the outliers", config(OUTLIERS, [linear(1)], "L1Loss", "type: Adam, lr: 0.02", "epochs: 100, batch_size: 10"))  # fmt: skip
healthy("clouds that overlap", "logistic regression at the floor of the data", config("{name: gaussians, n_samples: 150, noise: 1.5, seed: 2}", [linear(1)], LOGITS, "type: SGD, lr: 0.1", "epochs: 40, batch_size: 30"))  # fmt: skip
healthy("five classes that overlap", "class weights, a floor of the data", config("{name: blobs, n_samples: 150, classes: 5, noise: 0.6, seed: 3}", [linear(12, "silu"), linear(5)], "{type: CrossEntropyLoss, class_weight: [1, 2, 1, 1, 2]}", ADAM, "epochs: 50, batch_size: 30"))  # fmt: skip
healthy("a ring by probabilities", "BCELoss", config("{name: circle, n_samples: 120, noise: 0.05, seed: 3}", [linear(10, "relu"), linear(1, "sigmoid")], BCE, "type: Adam, lr: 0.02", "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("moons by margins", "hinge, a penalty", config("{name: moons, n_samples: 120, noise: 0.15, seed: 5}", [linear(16, "relu"), linear(1)], "hinge", ADAM, "epochs: 80, batch_size: 20", regularization="{l2: 0.001}"))  # fmt: skip
healthy("ten layers with ways around", "Add, five times", config(CLOUD, [linear(12, "tanh"), linear(12, "tanh"), linear(12), "{type: Add, from: 0, activation: tanh}", linear(12, "tanh"), linear(12), "{type: Add, from: 3, activation: tanh}", linear(12, "tanh"), linear(12), "{type: Add, from: 6, activation: tanh}", linear(2)], CE, "type: Adam, lr: 0.005", "epochs: 50, batch_size: 20"))  # fmt: skip
healthy("eight relu layers with layer norm", "norms keep the gradient", config(BLOBS, [layer for _ in range(8) for layer in (linear(12), "{type: LayerNorm, activation: relu}")] + [linear(5)], CE, "type: Adam, lr: 0.005", "epochs: 40, batch_size: 25"))  # fmt: skip
healthy("warm restarts of momentum", "a rate that rises and falls", config("{name: moons, n_samples: 150, noise: 0.2, seed: 6}", [linear(12, "tanh"), linear(2)], CE, "type: SGD, lr: 0.1, momentum: 0.9", "epochs: 60, batch_size: 25", lr_scheduler="{type: OneCycleLR, max_lr: 0.3}"))  # fmt: skip
healthy("sums of six numbers", "LSTM", config("{name: adding, length: 6, n_samples: 300}", [recurrent("LSTM", 16), linear(1)], MSE, "type: Adam, lr: 0.02", "epochs: 40, batch_size: 25"))  # fmt: skip
healthy("an echo", "GRU, an answer at every step", config(ECHO, ["{type: GRU, hidden_size: 12, return: all}", FLAT, linear(8)], LOGITS, "type: Adam, lr: 0.03", "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("parity of four", "Embedding, a table of all sixteen", config("{name: parity, length: 4, n_samples: 60}", ["{type: Embedding, num_embeddings: 2, embedding_dim: 3}", FLAT, linear(32, "relu"), linear(1)], LOGITS, "type: Adam, lr: 0.02", "epochs: 100, batch_size: 15"))  # fmt: skip
healthy("a cubic, Adadelta", "a slow optimiser that goes on falling", config(CUBIC, [linear(12, "tanh"), linear(1)], MSE, "type: Adadelta, lr: 1.0", "epochs: 120, batch_size: 10"))  # fmt: skip
healthy("three epochs", "too short to judge", config(CANCER, [linear(6, "tanh"), linear(1)], LOGITS, "type: SGD, lr: 0.01", "epochs: 3, batch_size: 128"))  # fmt: skip

# of the second set: their rules were changed, see ADR 71

POLYNOMIAL = "{name: polynomial, n_samples: 50, noise: 0.05, seed: 5}"
RINGS = "{name: circle, n_samples: 160, noise: 0.04, seed: 6}"
MOONS = "{name: moons, n_samples: 160, noise: 0.12, seed: 9}"

# labelled diverged too at first: but the loss begins at 1e16 and falls at every point
sick("exploding", "an RNN of positive weights", "a largest eigenvalue of 10 / 4 = 2.5, twenty times",
     config("{name: adding, length: 20, n_samples: 150, seed: 2}",
            [recurrent("RNN", 10, nonlinearity="relu", init="{type: uniform, a: 0, b: 0.5}"), linear(1)], MSE,
            "type: SGD, lr: 0.01", "epochs: 10, batch_size: 30"), may="dead plateau diverged")  # fmt: skip
sick("diverged", "adamax at 100", "every step moves every weight by about 100",
     config(POLYNOMIAL, [linear(8, "tanh"), linear(1)], MSE,
            "type: Adamax, lr: 100", "epochs: 40, batch_size: 10"), may="chaotic saturated")  # fmt: skip
# labelled healthy at first: but in 100 epochs nine of sixteen seeds do not leave the plateau of the best line
sick("plateau", "four sigmoid layers with adam", "a gradient that shrinks, and a hundred epochs are too few",
     config(MOONS, [linear(10, "sigmoid")] * 4 + [linear(2)], CE, "type: Adam, lr: 0.03", "epochs: 100, batch_size: 20"),
     may="vanishing")  # fmt: skip
healthy("seven sigmoid layers with batch norm", "norms keep the gradient", config(RINGS, [layer for _ in range(7) for layer in (linear(12), "{type: BatchNorm1d, activation: sigmoid}")] + [linear(1)], LOGITS, "type: Adam, lr: 0.02", "epochs: 60, batch_size: 40"))  # fmt: skip

# of the fourth set: its rule was changed, see ADR 84

TABLE = "{type: Embedding, num_embeddings: 2, embedding_dim: 4}"

sick("vanishing plateau", "a table and a small RNN by hinge", "recurrent weights of 0.1 sqrt(10) = 0.32, thirty times",
     config("{name: parity, length: 30, n_samples: 500, seed: 102}", [TABLE, recurrent("RNN", 10, init=normal(0.1)), linear(1)],
            "hinge", "type: SGD, lr: 0.02", "epochs: 6, batch_size: 50"))  # fmt: skip
