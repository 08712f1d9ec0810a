"""Configs labelled from the definitions alone, and committed before the doctor had examined any of them.

They differ from those of the other files in cause, data, depth, kind and optimiser. No rule was changed because of one: a
rule that is moves its config to `once_held_out.py`. ADR 71 has what was found before labels were corrected.
"""

# ruff: noqa: E501 (a healthy config is one line)

from __future__ import annotations

from .held_out import at, points
from .labelled import BCE, CE, FLAT, LOGITS, MSE, Configs, bars, config, conv, linear, normal, recurrent

WINE = "{name: wine, standardize: standard}"
CANCER = "{name: breast_cancer, standardize: standard}"
IRIS = "{name: iris, standardize: standard}"
DIGITS = "{name: digits, standardize: minmax}"
BLOBS = "{name: blobs, n_samples: 160, classes: 4, noise: 0.3, seed: 41}"
MOONS = "{name: moons, n_samples: 160, noise: 0.15, seed: 42}"
MIXED_MOONS = "{name: moons, n_samples: 160, noise: 0.35, seed: 43}"
CLOUDS = "{name: gaussians, n_samples: 160, noise: 1.5, seed: 44}"
CORNERS = "{name: xor_cloud, n_samples: 160, noise: 0.12, seed: 45}"
STEP = "{name: step, n_samples: 80, noise: 0.05, seed: 46}"
HILLS = "{name: multi_gauss, n_samples: 150, noise: 0.05, seed: 47}"
WAVE = "{name: sine, n_samples: 80, noise: 0.1, standardize: standard, seed: 48}"
SUMS = "{name: adding, length: 6, n_samples: 300, seed: 49}"
NEXT = "{name: sine_next, n_samples: 120, length: 12, seed: 50}"
ROWS = "{type: Reshape, shape: [8, 8]}"
TABLE = "{type: Embedding, num_embeddings: 2, embedding_dim: 4}"
CHECKERBOARD = points([[float(i // 4), float(i % 4)] for i in range(16)], [(i // 4 + i % 4) % 2 for i in range(16)])
YEARS = points([[1900.0 + 3 * i] for i in range(40)], [[0.02 * i] for i in range(40)])
TOWERS = points([[i / 20 - 1, (i * 7 % 11) / 5 - 1] for i in range(40)], [[30.0 + i / 20] for i in range(40)])
SNOW = points([[[[((89 * i + 41 * r + 23 * c + i * r * 17 + i * c * 31) % 103) / 51 - 1 for c in range(5)] for r in range(5)]]
               for i in range(48)], [(i * i * 19 + i * 7 + i // 5) % 11 % 3 for i in range(48)])  # fmt: skip

BLIND = Configs()
sick, healthy = BLIND.sick, BLIND.healthy

# vanishing

sick("vanishing plateau", "six silu layers, small weights", "a slope of 1/2 at 0, weights of 0.1 sqrt(12) = 0.35, six times",
     config(BLOBS, [linear(12, "silu", init=normal(0.1))] * 6 + [linear(4)], CE, "type: SGD, lr: 0.05",
            "epochs: 30, batch_size: 20"))  # fmt: skip
sick("vanishing plateau", "nine sigmoid layers on a step", "slopes of at most 1/4, nine times",
     config(STEP, [linear(10, "sigmoid")] * 9 + [linear(1)], MSE, "type: SGD, lr: 0.1, momentum: 0.5",
            "epochs: 60, batch_size: 16"))  # fmt: skip
sick("vanishing plateau", "an LSTM whose gates are shut", "gates of sigmoid(-4) = 0.02, twenty times",
     config("{name: parity, length: 20, n_samples: 600, seed: 51}", [recurrent("LSTM", 8, bias_init=at(-4)), linear(1)],
            LOGITS, "type: SGD, lr: 0.05", "epochs: 8, batch_size: 50"))  # fmt: skip
sick("vanishing plateau", "seven sigmoid convolutions around a pool", "slopes of at most 1/4, seven times",
     config(DIGITS, [*[conv(4, "sigmoid")] * 3, "{type: AvgPool2d, kernel_size: 2}", *[conv(4, "sigmoid")] * 4, FLAT, linear(10)],
            CE, "type: SGD, lr: 0.05", "epochs: 3, batch_size: 64"))  # fmt: skip
sick("vanishing plateau", "eight small tanh layers with dropout", "weights of 0.08 sqrt(10) = 0.25, eight times",
     config(CANCER, [*[linear(10, "tanh", init=normal(0.08))] * 4, "{type: Dropout, p: 0.1}",
            *[linear(10, "tanh", init=normal(0.08))] * 4, linear(1)], LOGITS, "type: SGD, lr: 0.2",
            "epochs: 12, batch_size: 64"))  # fmt: skip
sick("vanishing plateau", "two RNNs, the upper one of small weights", "recurrent weights of 0.1 sqrt(8) = 0.28, twenty times",
     config("{name: parity, length: 20, n_samples: 1000, seed: 52}",
            ["{type: RNN, hidden_size: 8, return: all}", recurrent("RNN", 8, init=normal(0.1)), linear(1)], LOGITS,
            "type: SGD, lr: 0.05", "epochs: 6, batch_size: 50"))  # fmt: skip
sick("vanishing plateau", "a GRU over forty bits", "update gates near 1/2, forty times",
     config("{name: parity, length: 40, n_samples: 800, seed: 53}", [recurrent("GRU", 6), linear(1)], LOGITS,
            "type: SGD, lr: 0.05", "epochs: 5, batch_size: 50"))  # fmt: skip

# exploding

sick("exploding", "seven selu layers, large weights", "weights of sqrt(20 / 2) = 3.2, seven times",
     config(HILLS, [linear(20, "selu", init=normal(1))] * 7 + [linear(1)], MSE, "type: SGD, lr: 0.001",
            "epochs: 30, batch_size: 25"), may="diverged plateau chaotic")  # fmt: skip
sick("exploding", "a relu RNN of gain 2.5 on waves", "recurrent weights of 2.5 / sqrt(2) = 1.8, twenty times",
     config("{name: sine_next, n_samples: 120, length: 20, seed: 54}",
            [recurrent("RNN", 12, nonlinearity="relu", init="{type: orthogonal, gain: 2.5}"), linear(1)], MSE,
            "type: SGD, lr: 0.02", "epochs: 15, batch_size: 20"), may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding", "six gelu convolutions, large kernels", "kernels of sqrt(9 * 4 / 2) = 4.2, six times",
     config(DIGITS, [conv(4, "gelu", init=normal(1))] * 6 + [FLAT, linear(10)], CE, "type: SGD, lr: 0.1",
            "epochs: 3, batch_size: 64"), may="diverged chaotic plateau")  # fmt: skip
sick("exploding", "six relu layers of positive weights", "weights of 0.2 * 20 = 4, six times, and no unit that is 0",
     config("{name: breast_cancer, standardize: minmax}",
            [linear(20, "relu", init="{type: uniform, a: 0, b: 0.4}")] * 6 + [linear(1, init="{type: uniform, a: 0, b: 0.4}")],
            MSE, "type: SGD, lr: 0.001", "epochs: 10, batch_size: 64"), may="diverged dead plateau chaotic")  # fmt: skip
sick("exploding diverged", "seven linear layers of gain 2.5 behind a layer norm", "orthogonal weights of 2.5, seven times",
     config("{name: wine}", ["{type: LayerNorm}", *[linear(12, init="{type: orthogonal, gain: 2.5}")] * 7, linear(3)], MSE,
            "type: SGD, lr: 0.001", "epochs: 20, batch_size: 30"))  # fmt: skip

# saturated

sick("saturated plateau", "a layer norm scaled by 10,000 before tanh", "a frozen output of about 1, targets of 30",
     config(TOWERS, [linear(12), f"{{type: LayerNorm, activation: tanh, init: {at(10000)}}}", linear(1, trainable="false")],
            MSE, "type: SGD, lr: 0.001", "epochs: 60, batch_size: 10"))  # fmt: skip
sick("saturated plateau", "raw pixels and a bias of 1,000 into tanh", "inputs of hundreds to tanh, a frozen output",
     config("{name: digits}", [conv(4, "tanh", init=normal(20), bias_init=at(1000)), FLAT, linear(10, trainable="false")], CE,
            "type: SGD, lr: 0.01", "epochs: 3, batch_size: 64"))  # fmt: skip
sick("saturated plateau", "raw tumours by one sigmoid", "sums of at least 45 to sigmoid, and squares",
     config("{name: breast_cancer}", [linear(1, "sigmoid", init=at(0.1))], MSE, "type: SGD, lr: 0.01",
            "epochs: 15, batch_size: 64"))  # fmt: skip
sick("saturated plateau", "years into sigmoid", "inputs of 1,900 to 2,017, not scaled",
     config(YEARS, [linear(8, "sigmoid"), linear(1)], MSE, "type: SGD, lr: 0.05", "epochs: 60, batch_size: 10"))  # fmt: skip
sick("saturated plateau", "an RNN over a table of 100", "inputs of about 100 to tanh at every step, a frozen output",
     config("{name: parity, length: 7, n_samples: 200, seed: 55}",
            [f"{{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {normal(100)}}}",
             "{type: RNN, hidden_size: 8, return: all}", FLAT, linear(1, trainable="false")], LOGITS,
            "type: SGD, lr: 0.001", "epochs: 20, batch_size: 20"))  # fmt: skip

# dead

sick("dead plateau", "a relu RNN over a table, with a bias of -80", "entries of about 1, a bias of -80",
     config("{name: parity, length: 6, n_samples: 200, seed: 56}",
            [TABLE, recurrent("RNN", 8, nonlinearity="relu", bias_init=at(-80)), linear(1)], LOGITS, "type: SGD, lr: 0.05",
            "epochs: 20, batch_size: 20"))  # fmt: skip
sick("dead plateau", "a sum of -50 before relu", "eight sigmoids, a bias of -50, and the sum of both into relu",
     config(MOONS, [linear(8, "sigmoid"), linear(8, bias_init=at(-50)), "{type: Add, from: 0, activation: relu}", linear(2)], CE,
            "type: SGD, lr: 0.05", "epochs: 40, batch_size: 20"))  # fmt: skip
sick("dead plateau", "six of ten relus at -50, a rate of 1e-9", "z < 0 for more than half of the units, and no weight moves",
     config(WINE, [linear(10, "relu", bias_init=f"{{type: values, values: {[-50] * 6 + [0] * 4}}}"), linear(3)], CE,
            "type: SGD, lr: 1.0e-9", "epochs: 20, batch_size: 30"))  # fmt: skip
sick("dead plateau", "negative weights on outputs of relu", "outputs of relu are not negative, all weights are",
     config(WINE, [linear(16, "relu"), linear(12, "relu", init="{type: uniform, a: -1, b: -0.2}"), linear(3)], CE,
            "type: AdamW, lr: 0.005", "epochs: 20, batch_size: 30"))  # fmt: skip
sick("dead plateau", "averaged ink below zero", "pixels of at most 1, a bias of -25",
     config(DIGITS, ["{type: AvgPool2d, kernel_size: 2}", conv(6, "relu", bias_init=at(-25)), FLAT, linear(10)], CE,
            "type: Lion, lr: 0.0001", "epochs: 3, batch_size: 64"))  # fmt: skip
sick("dead", "a dead convolution with a way around it", "z < 0 in every pixel; the sum passes the layer by",
     config(DIGITS, [conv(4, "tanh"), conv(4, "relu", bias_init=at(-30)), "{type: Add, from: 0}", FLAT, linear(10)], CE,
            "type: Adam, lr: 0.005", "epochs: 3, batch_size: 64"))  # fmt: skip

# symmetric

sick("symmetric plateau", "a layer norm of equal units", "all weights are 0.3; the norm makes equal units 0",
     config(MOONS, [linear(8), "{type: LayerNorm, activation: tanh}", linear(2)], CE, "type: SGD, lr: 0.1",
            "epochs: 40, batch_size: 20", init=at(0.3)))  # fmt: skip
sick("symmetric", "two GRUs from one constant", "all weights of both and of the output are 0.2",
     config(NEXT, [f"{{type: GRU, hidden_size: 5, return: all, init: {at(0.2)}}}", recurrent("GRU", 4, init=at(0.2)),
            linear(1, init=at(0.2))], MSE, "type: Adam, lr: 0.01", "epochs: 20, batch_size: 20"), may="plateau")  # fmt: skip
sick("symmetric", "equal kernels below a pool", "all kernels are 0.1, all weights of the output 0.05",
     config(DIGITS, [conv(6, "elu", init=at(0.1)), "{type: MaxPool2d, kernel_size: 2}", FLAT, linear(10, init=at(0.05))], CE,
            "type: RMSprop, lr: 0.002", "epochs: 3, batch_size: 64"), may="plateau")  # fmt: skip
sick("symmetric", "three equal rows by hand", "rows of 0.5 and -0.5, outputs of 0.3: one effective unit",
     config(CORNERS, [linear(3, "sigmoid", init=f"{{type: values, values: {[[0.5, -0.5]] * 3}}}"), linear(1, init=at(0.3))],
            LOGITS, "type: SGD, lr: 0.2", "epochs: 40, batch_size: 20"), may="plateau")  # fmt: skip
sick("symmetric", "equal units below a batch norm", "all weights are 0.2, equal units of the norm",
     config(HILLS, [linear(8), "{type: BatchNorm1d, activation: relu}", linear(1)], MSE, "type: Adam, lr: 0.01",
            "epochs: 40, batch_size: 25", init=at(0.2)), may="plateau")  # fmt: skip

# plateau

sick("plateau", "a checkerboard by a line", "each row and column has both colours equally often and balanced",
     config(CHECKERBOARD, [linear(1)], LOGITS, "type: SGD, lr: 0.1", "epochs: 300, batch_size: full"))  # fmt: skip
sick("plateau", "a kink by a line", "|x| is even: no line is better than a constant",
     config("{name: abs, n_samples: 80, noise: 0.02, seed: 57}", [linear(1)], MSE, "type: Adam, lr: 0.02",
            "epochs: 80, batch_size: 20"))  # fmt: skip
sick("plateau", "a rate of 0 in every layer", "no weight moves",
     config(DIGITS, [ROWS, recurrent("GRU", 8, lr="0"), linear(10, lr="0")], CE, "type: Adam, lr: 0.01",
            "epochs: 3, batch_size: 64"))  # fmt: skip
sick("plateau", "a ring by the product of its coordinates", "xy has the same mean, 0, inside and outside",
     config('{name: circle, n_samples: 600, noise: 0.05, features: ["x*y"], seed: 58}', [linear(1)], LOGITS,
            "type: SGD, lr: 0.2", "epochs: 30, batch_size: 50"))  # fmt: skip
sick("plateau", "xor by two relus, twelve times", "few of the starts have both units in the right places",
     config("{name: xor}", [linear(2, "relu"), linear(1)], MSE, "type: SGD, lr: 0.1",
            "epochs: 2000, batch_size: full, eval_every: 20", seeds="{start: 0, count: 12}"), may="dead")  # fmt: skip
sick("plateau", "bars pixel by pixel", "every picture has the same pixels, in other places, and the mean over places is all that is left",
     config(bars(), [conv(4, "identity", size=1, padding=0), "{type: BatchNorm2d, activation: relu}",
            "{type: AvgPool2d, kernel_size: 4}", FLAT, linear(2)], CE, "type: SGD, lr: 0.05",
            "epochs: 60, batch_size: 8"))  # fmt: skip

# diverged

sick("diverged", "a penalty that the rate overshoots", "l2 of 300 and a rate of 0.01: weights are multiplied by 1 - 3 = -2",
     config(MOONS, [linear(12, "tanh"), linear(2)], CE, "type: SGD, lr: 0.01", "epochs: 40, batch_size: 20",
            regularization="{l2: 300}"), may="saturated")  # fmt: skip
sick("diverged", "a decay that turns the weights around", "AdamW multiplies the weights by 1 - 0.05 * 50 = -1.5 at every step",
     config(BLOBS, [linear(12, "tanh"), linear(4)], CE, "type: AdamW, lr: 0.05, weight_decay: 50",
            "epochs: 40, batch_size: 20"), may="saturated")  # fmt: skip
sick("diverged", "raw digits by squares", "a curvature of 2 / 10 of 3,800, the sum of squared pixels, and a rate of 0.1",
     config("{name: digits}", [FLAT, linear(10)], MSE, "type: SGD, lr: 0.1", "epochs: 3, batch_size: 64"))  # fmt: skip
sick("diverged", "an RNN by a sum of squares", "100 examples make a curvature of at least 200, a rate of 0.05",
     config(SUMS, [recurrent("RNN", 10), linear(1)], "{type: MSELoss, reduction: sum}", "type: SGD, lr: 0.05",
            "epochs: 20, batch_size: 100"), may="saturated")  # fmt: skip
sick("diverged", "a GRU with RMSprop at 1,000", "every step moves every weight by about 1,000",
     config(NEXT, [recurrent("GRU", 8), linear(1)], MSE, "type: RMSprop, lr: 1000", "epochs: 20, batch_size: 20"),
     may="chaotic saturated")  # fmt: skip
sick("diverged", "convolutions and norms by squares at a rate of 30", "the output's biases have a curvature of 0.2, times 30",
     config(DIGITS, [conv(6, "identity"), "{type: BatchNorm2d, activation: relu}", "{type: AvgPool2d, kernel_size: 2}", FLAT,
            linear(10)], MSE, "type: SGD, lr: 30", "epochs: 3, batch_size: 64"), may="dead")  # fmt: skip
sick("diverged", "one of three rates is too large", "the output's bias alone has a curvature of 2, times 5",
     config(WAVE, [linear(10, "tanh"), linear(1)], MSE, "type: SGD, lr: 0.02", "epochs: 60, batch_size: 20",
            sweep="{parameters: {optimizer.lr: [0.02, 0.05, 5.0]}}"), may="saturated")  # fmt: skip

# overfitting

sick("overfitting", "clouds that overlap, two tanh layers", "40 examples with a Bayes error of a sixth, two layers of 64",
     config("{name: gaussians, n_samples: 80, noise: 1.5, split: {val: 0.5, seed: 11}, seed: 59}",
            [linear(64, "tanh"), linear(64, "tanh"), linear(2)], CE, "type: Adam, lr: 0.01", "epochs: 200, batch_size: 10"))  # fmt: skip
sick("overfitting", "hills under noise", "30 examples with noise of 1, two layers of 96",
     config("{name: multi_gauss, n_samples: 60, noise: 1.0, split: {val: 0.5, seed: 12}, seed: 60}",
            [linear(96, "relu"), linear(96, "relu"), linear(1)], MSE, "type: Adam, lr: 0.01",
            "epochs: 600, batch_size: full, eval_every: 4"))  # fmt: skip
sick("overfitting", "an RNN learns parities by heart", "20 of 512 sequences",
     config("{name: parity, length: 9, n_samples: 40, split: {val: 0.5, seed: 13}, seed: 61}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 8}", recurrent("RNN", 32), linear(1)], LOGITS,
            "type: Adam, lr: 0.005", "epochs: 300, batch_size: 5, eval_every: 2"))  # fmt: skip
sick("overfitting", "snow in three classes", "labels that do not depend on the pictures, 24 of them",
     config(SNOW[:-1] + ", split: {test: 0.5, seed: 14}}", [conv(8, "relu"), "{type: MaxPool2d, kernel_size: 2}", FLAT,
            linear(48, "relu"), linear(3)], CE, "type: Adam, lr: 0.005", "epochs: 150, batch_size: 8"))  # fmt: skip
sick("overfitting", "mixed corners by probabilities", "30 examples with noise of 0.7, two layers of 64",
     config("{name: xor_cloud, n_samples: 60, noise: 0.7, split: {val: 0.5, seed: 15}, seed: 62}",
            [linear(64, "gelu"), linear(64, "gelu"), linear(1, "sigmoid")], BCE, "type: Adam, lr: 0.005",
            "epochs: 300, batch_size: 10, eval_every: 2"))  # fmt: skip

# chaotic

sick("chaotic", "clouds at a rate of 10", "updates over the minimum, and a sixth of the labels stays wrong",
     config(CLOUDS, [linear(12, "tanh"), linear(1)], LOGITS, "type: SGD, lr: 10", "epochs: 40, batch_size: 10"),
     may="diverged saturated")  # fmt: skip
sick("chaotic", "mixed moons with lion at 0.5", "every step moves every weight by 0.5, never less",
     config(MIXED_MOONS, [linear(16, "tanh"), linear(2)], CE, "type: Lion, lr: 0.5", "epochs: 40, batch_size: 20"),
     may="diverged saturated")  # fmt: skip
sick("chaotic", "a GRU with lion at 0.3", "every step moves every weight by 0.3, never less",
     config(NEXT, [recurrent("GRU", 12), linear(1)], MSE, "type: Lion, lr: 0.3", "epochs: 40, batch_size: 20"),
     may="diverged saturated plateau")  # fmt: skip
# labelled chaotic at first: but every unit saturates in the first epoch, and the loss stays near 18 from point to point
sick("diverged", "sums by absolute errors at a rate of 2", "slopes of 1 at any distance, steps of 2",
     config(SUMS, [recurrent("RNN", 12), linear(1)], "L1Loss", "type: SGD, lr: 2", "epochs: 40, batch_size: 30"),
     may="chaotic saturated", is_corrected=True)  # fmt: skip
sick("chaotic", "blobs with NAdam at 1.5", "every step moves every weight by about 1.5, and some labels stay wrong",
     config(BLOBS, [linear(16, "softsign"), linear(4)], CE, "type: NAdam, lr: 1.5", "epochs: 40, batch_size: 20"),
     may="diverged saturated")  # fmt: skip
# labelled without plateau at first: but seed 1 ends with all units dead, so its output is a constant, at the baseline
sick("chaotic", "clouds behind a batch norm with lion at 0.5", "every step moves every weight by 0.5, never less",
     config(CLOUDS, [linear(16), "{type: BatchNorm1d, activation: relu}", linear(2)], CE, "type: Lion, lr: 0.5",
            "epochs: 40, batch_size: 20"), may="diverged dead plateau", is_corrected=True)  # fmt: skip

# healthy

ADAM = "type: Adam, lr: 0.01"
healthy("digits in strides", "Conv2d with a stride", config(DIGITS, [conv(6, "silu", stride="2"), conv(12, "silu"), FLAT, linear(10)], CE, "type: Adam, lr: 0.005", "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("raw digits behind a batch norm", "BatchNorm2d, MaxPool2d", config("{name: digits}", ["{type: BatchNorm2d}", conv(6, "relu"), "{type: MaxPool2d, kernel_size: 2}", FLAT, linear(10)], CE, "type: Adam, lr: 0.005", "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("digits, every row counts", "Reshape, LSTM, Flatten", config(DIGITS, [ROWS, "{type: LSTM, hidden_size: 12, return: all}", FLAT, linear(10)], CE, ADAM, "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("digits through holes", "dilation, AvgPool2d, Dropout", config(DIGITS, [conv(8, "relu", padding=2, dilation="2"), "{type: AvgPool2d, kernel_size: 2}", FLAT, "{type: Dropout, p: 0.1}", linear(10)], CE, "type: AdamW, lr: 0.005", "epochs: 5, batch_size: 64"))  # fmt: skip
healthy("digits with Lion, in single precision", "signs of gradients", config(DIGITS, [FLAT, linear(24, "gelu"), linear(10)], CE, "type: Lion, lr: 0.001", "epochs: 5, batch_size: 64", dtype="float32"))  # fmt: skip
healthy("wine by mish", "RMSprop", config("{name: wine, standardize: minmax}", [linear(16, "mish"), linear(3)], CE, "type: RMSprop, lr: 0.005", "epochs: 40, batch_size: 30"))  # fmt: skip
healthy("tumours behind a layer norm", "LayerNorm, selu", config(CANCER, ["{type: LayerNorm}", linear(12, "selu"), linear(1)], LOGITS, "type: Adam, lr: 0.005", "epochs: 12, batch_size: 32"))  # fmt: skip
healthy("iris with smoothed labels", "softplus, the loss stays above 0", config(IRIS, [linear(12, "softplus"), linear(3)], "{type: CrossEntropyLoss, label_smoothing: 0.1}", "type: Adamax, lr: 0.02", "epochs: 60, batch_size: 25"))  # fmt: skip
healthy("a spiral by two silu layers", "three arms", config("{name: spiral, n_samples: 180, seed: 63}", [linear(40, "silu"), linear(40, "silu"), linear(3)], CE, ADAM, "epochs: 100, batch_size: 30"))  # fmt: skip
healthy("a ring by its squares", "logistic regression on x^2 and y^2", config('{name: circle, n_samples: 160, features: ["x^2", "y^2"], seed: 64}', [linear(1)], LOGITS, "type: Adam, lr: 0.05", "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("clouds with as many unseen", "a line cannot learn by heart", config("{name: gaussians, n_samples: 400, noise: 1.0, split: {val: 0.5, seed: 16}, seed: 65}", [linear(2)], CE, "type: SGD, lr: 0.1", "epochs: 30, batch_size: 25"))  # fmt: skip
healthy("a wave under noise of 0.3", "the loss stays at the noise", config("{name: sine, n_samples: 160, noise: 0.3, standardize: standard, seed: 66}", [linear(16, "tanh"), linear(1)], MSE, ADAM, "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("a polynomial with a falling rate", "CosineAnnealingLR, elu", config("{name: polynomial, n_samples: 80, noise: 0.05, seed: 67}", [linear(16, "elu"), linear(1)], MSE, ADAM, "epochs: 100, batch_size: 16", lr_scheduler="{type: CosineAnnealingLR}"))  # fmt: skip
healthy("sums of four by an RNN", "RNN, clipping", config("{name: adding, length: 4, n_samples: 300, seed: 68}", [recurrent("RNN", 20), linear(1)], MSE, ADAM, "epochs: 40, batch_size: 30", gradient_clipping="{norm: 1.0}"))  # fmt: skip
healthy("waves by an LSTM that looks back five steps", "LSTM, truncated backpropagation", config(NEXT, [recurrent("LSTM", 12, truncate="5"), linear(1)], "SmoothL1Loss", ADAM, "epochs: 40, batch_size: 20"))  # fmt: skip
healthy("an echo after one", "GRU, an answer at every step", config("{name: echo, length: 5, delay: 1, n_samples: 200, seed: 69}", ["{type: GRU, hidden_size: 16, return: all}", FLAT, linear(5)], LOGITS, "type: Adam, lr: 0.02", "epochs: 50, batch_size: 20"))  # fmt: skip
healthy("parity of two by a table", "Embedding", config("{name: parity, length: 2, n_samples: 60, seed: 70}", [TABLE, FLAT, linear(12, "tanh"), linear(1)], LOGITS, "type: Adam, lr: 0.03", "epochs: 80, batch_size: 15"))  # fmt: skip
healthy("a kink with a way around", "Add, Huber", config("{name: abs, n_samples: 80, noise: 0.03, seed: 71}", [linear(12, "relu"), linear(12, "relu"), "{type: Add, from: 0}", linear(1)], "HuberLoss", ADAM, "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("a plane under noise, with a rate that is reduced", "ReduceLROnPlateau at the floor", config("{name: plane, n_samples: 120, noise: 0.2, seed: 72}", [linear(1)], MSE, "type: SGD, lr: 0.1", "epochs: 80, batch_size: 20", lr_scheduler="{type: ReduceLROnPlateau, patience: 5}"))  # fmt: skip
healthy("equal units and dropout", "masks part the units", config(MOONS, [linear(24, "tanh", init=at(0.3)), "{type: Dropout, p: 0.3}", linear(2, init=at(0.1))], CE, "type: Adam, lr: 0.02", "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("corners by margins", "hinge, hardtanh", config(CORNERS, [linear(24, "hardtanh"), linear(1)], "hinge", ADAM, "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("stopped before it learns by heart", "EarlyStopping with the best weights", config("{name: xor_cloud, n_samples: 160, noise: 0.4, split: {val: 0.5, seed: 17}, seed: 73}", [linear(48, "relu"), linear(2)], CE, "type: Adam, lr: 0.003", "epochs: 200, batch_size: 20", stopping="[{type: EarlyStopping, monitor: val_loss, patience: 8, restore_best_weights: true}]"))  # fmt: skip
healthy("three rates that suit", "a sweep", config(MOONS, [linear(16, "relu"), linear(2)], CE, ADAM, "epochs: 50, batch_size: 20", sweep="{parameters: {optimizer.lr: [0.005, 0.01, 0.02]}}"))  # fmt: skip
healthy("wine through a batch norm", "BatchNorm1d, NAdam", config(WINE, [linear(16), "{type: BatchNorm1d, activation: silu}", linear(3)], CE, "type: NAdam, lr: 0.005", "epochs: 30, batch_size: 30"))  # fmt: skip
healthy("nine steps", "too short to judge", config(WINE, [linear(8, "sigmoid")] * 7 + [linear(3)], CE, "type: SGD, lr: 0.01", "steps: 9, batch_size: 30"))  # fmt: skip
