"""Configs labelled by their cause and committed before the rules on norms, starts and overshoots were changed.

They were the estimate for those rules, and one that was used to change another is in `once_held_out.py`. They differ from those of
the other files in cause, data, depth, kind and optimiser; most are healthy, since they are to show false alarms.
"""

# ruff: noqa: E501 (a healthy config is one line)

from __future__ import annotations

from .held_out import at, points
from .labelled import BCE, CE, FLAT, LOGITS, MSE, Configs, config, conv, linear, normal, recurrent

WINE = "{name: wine, standardize: standard}"
CANCER = "{name: breast_cancer, standardize: standard}"
DIGITS = "{name: digits, standardize: minmax}"
SMALL_WINE = "{name: wine, standardize: minmax}"
SPIRAL = "{name: spiral, arms: 2, n_samples: 160, seed: 21}"
RINGS = "{name: circle, n_samples: 200, noise: 0.05, seed: 22}"
MOONS = "{name: moons, n_samples: 200, noise: 0.15, seed: 23}"
BLOBS = "{name: blobs, n_samples: 160, classes: 4, noise: 0.3, seed: 24}"
CLOUD = "{name: xor_cloud, n_samples: 200, noise: 0.15, seed: 25}"
WAVE = "{name: sine, n_samples: 80, noise: 0.08, cycles: 1, seed: 26}"
HILLS = "{name: multi_gauss, n_samples: 150, seed: 27}"
CUBIC = "{name: polynomial, n_samples: 80, noise: 0.05, seed: 28}"
PLANE = "{name: plane, n_samples: 120, noise: 0.1, seed: 29}"
SUMS = "{name: adding, length: 6, n_samples: 300, seed: 30}"
NEXT = "{name: sine_next, n_samples: 120, length: 8, seed: 31}"
ROWS = "{type: Reshape, shape: [8, 8]}"
TABLE = "{type: Embedding, num_embeddings: 2, embedding_dim: 4}"
HEIGHTS = points([[i / 20 - 1] for i in range(40)], [[-400.0 - 60 * (i / 20 - 1)] for i in range(40)])

UNSEEN = Configs()
sick, healthy = UNSEEN.sick, UNSEEN.healthy


# sick

sick("vanishing plateau", "ten sigmoid layers on a two-armed spiral", "slopes of at most 1/4, ten times",
     config(SPIRAL, [linear(9, "sigmoid")] * 10 + [linear(2)], CE, "type: SGD, lr: 0.1, momentum: 0.5",
            "epochs: 40, batch_size: 20"))  # fmt: skip
sick("vanishing plateau", "a batch norm below nine small tanh layers", "the norm is below the weights of 0.08 sqrt(10) = 0.25",
     config(WINE, [linear(10), "{type: BatchNorm1d, activation: tanh}"]
            + [linear(10, "tanh", init=normal(0.08))] * 9 + [linear(3)], CE, "type: SGD, lr: 0.05",
            "epochs: 30, batch_size: 30"))  # fmt: skip
sick("exploding diverged", "seven relu layers of gain 4 on hills", "orthogonal weights of 4 / sqrt(2) = 2.8, seven times",
     config(HILLS, [linear(20, "relu", init="{type: orthogonal, gain: 4}")] * 7 + [linear(1)], MSE, "type: SGD, lr: 0.01",
            "epochs: 30, batch_size: 25"), may="dead plateau chaotic")  # fmt: skip
sick("exploding", "a linear recurrence that doubles", "relu, recurrent weights of 2 / sqrt(2) = 1.4 at least, thirty times",
     config("{name: adding, length: 30, n_samples: 150, seed: 4}",
            [recurrent("RNN", 8, nonlinearity="relu", init="{type: uniform, a: 0, b: 0.6}"), linear(1)], MSE,
            "type: SGD, lr: 0.001", "epochs: 10, batch_size: 30"), may="diverged dead plateau chaotic")  # fmt: skip
sick("saturated plateau", "heights by a tanh output", "targets of -460 to -343, outputs of at least -1",
     config(HEIGHTS, [linear(8, "tanh"), linear(1, "tanh")], MSE, "type: SGD, lr: 0.05", "epochs: 60, batch_size: 10"))  # fmt: skip
sick("saturated", "a GRU with large inputs", "a table of 150 into gates and candidates",
     config("{name: parity, length: 5, n_samples: 200, seed: 5}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {type: normal, std: 150}}",
             recurrent("GRU", 6), linear(1)], LOGITS, "type: SGD, lr: 0.01", "epochs: 20, batch_size: 20"), may="plateau")  # fmt: skip
sick("dead plateau", "convolutions under a shifted batch norm", "normalised values of at most 8 or so, minus 25",
     config(DIGITS, [conv(4, "identity"), f"{{type: BatchNorm2d, activation: relu, bias_init: {at(-25)}}}", FLAT, linear(10)],
            CE, "type: SGD, lr: 0.02", "epochs: 3, batch_size: 64"))  # fmt: skip
sick("dead", "relus with a bias of -60 and adam", "inputs of at most 1, a bias of -60",
     config(SMALL_WINE, [linear(10, "relu", bias_init=at(-60)), linear(3)], CE, "type: Adam, lr: 0.005",
            "epochs: 20, batch_size: 30"), may="plateau")  # fmt: skip
sick("symmetric", "a GELU network from one constant", "all weights are 0.25",
     config(CUBIC, [linear(10, "gelu"), linear(6, "gelu"), linear(1)], MSE, "type: Adam, lr: 0.01",
            "epochs: 40, batch_size: 16", init=at(0.25)), may="plateau")  # fmt: skip
sick("symmetric", "an RNN from one constant on bits", "all weights of the table, the RNN and the output are 0.15",
     config("{name: parity, length: 6, n_samples: 150, seed: 6}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 4, init: {type: constant, value: 0.15}}",
             recurrent("RNN", 8, init=at(0.15)), linear(1, init=at(0.15))], LOGITS, "type: SGD, lr: 0.05",
            "epochs: 20, batch_size: 25"), may="plateau")  # fmt: skip
sick("symmetric", "a way around equal layers", "all weights are 0.2, the sum adds equal units",
     config(MOONS, [linear(8, "tanh"), linear(8, "tanh"), "{type: Add, from: 0}", linear(2)], CE, "type: SGD, lr: 0.1",
            "epochs: 40, batch_size: 25", init=at(0.2)), may="plateau")  # fmt: skip
sick("dead plateau", "pooled convolutions with a bias of -35", "z < 0 in every pixel, the pools see only zeros",
     config(DIGITS, [conv(4, "relu", bias_init=at(-35)), "{type: MaxPool2d, kernel_size: 2}",
            "{type: AvgPool2d, kernel_size: 2}", FLAT, linear(10)], CE, "type: SGD, lr: 0.05", "epochs: 3, batch_size: 64"))  # fmt: skip
sick("plateau", "an LSTM at a rate of 1e-9, with dropout", "no weight moves",
     config(DIGITS, [ROWS, recurrent("LSTM", 8), "{type: Dropout, p: 0.2}", linear(10)], CE, "type: SGD, lr: 1.0e-9",
            "epochs: 3, batch_size: 64"))  # fmt: skip
sick("plateau", "a line around a ring", "no line separates a disc from the ring around it",
     config(RINGS, [linear(1)], LOGITS, "type: Adam, lr: 0.02", "epochs: 60, batch_size: 20"))  # fmt: skip
sick("plateau", "a rate of 1e-8 under layer norms", "no weight moves",
     config(BLOBS, [linear(12), "{type: LayerNorm, activation: silu}", linear(4)], CE, "type: SGD, lr: 1.0e-8",
            "epochs: 40, batch_size: 20"))  # fmt: skip
sick("diverged", "a wave at a rate of 4", "the output's bias alone has a curvature of 2, times 4",
     config(WAVE, [linear(10, "gelu"), linear(1)], MSE, "type: SGD, lr: 4.0", "epochs: 40, batch_size: 20"))  # fmt: skip
sick("diverged", "nadam at 300 on a plane", "every step moves every weight by about 300",
     config(PLANE, [linear(8, "softsign"), linear(1)], MSE, "type: NAdam, lr: 300", "epochs: 30, batch_size: 30"),
     may="chaotic saturated")  # fmt: skip
sick("overfitting", "a noisy plane by two wide layers", "25 examples with noise of 1, two layers of 80",
     config("{name: plane, n_samples: 50, noise: 1.0, split: {val: 0.5, seed: 7}, seed: 33}",
            [linear(80, "relu"), linear(80, "relu"), linear(1)], MSE, "type: Adam, lr: 0.01",
            "epochs: 400, batch_size: full, eval_every: 4"))  # fmt: skip
sick("chaotic", "blobs with RMSprop at 2", "every step moves every weight by about 2",
     config(BLOBS, [linear(16, "tanh"), linear(4)], CE, "type: RMSprop, lr: 2.0", "epochs: 40, batch_size: 20"),
     may="diverged saturated")  # fmt: skip

# healthy

ADAM = "type: Adam, lr: 0.01"
healthy("digits, three convolutions with norms", "Conv2d, BatchNorm2d, MaxPool2d", config(DIGITS, [layer for size in (6, 8, 8) for layer in (conv(size, "identity"), "{type: BatchNorm2d, activation: relu}")] + ["{type: MaxPool2d, kernel_size: 2}", FLAT, linear(10)], CE, "type: Adam, lr: 0.005", "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("digits, averaged twice", "Conv2d, AvgPool2d, SGD", config(DIGITS, [conv(6, "tanh"), "{type: AvgPool2d, kernel_size: 2}", conv(8, "tanh"), "{type: AvgPool2d, kernel_size: 2}", FLAT, linear(10)], CE, "type: SGD, lr: 0.2, momentum: 0.9", "epochs: 5, batch_size: 64"))  # fmt: skip
healthy("digits row by row, RNN", "Reshape", config(DIGITS, [ROWS, recurrent("RNN", 24), linear(10)], CE, ADAM, "epochs: 5, batch_size: 64"))  # fmt: skip
healthy("five tanh layers with batch norm", "norms after every layer", config(RINGS, [layer for _ in range(5) for layer in (linear(12), "{type: BatchNorm1d, activation: tanh}")] + [linear(1)], LOGITS, "type: Adam, lr: 0.01", "epochs: 50, batch_size: 40"))  # fmt: skip
healthy("nine relu layers with batch norm", "norms after every layer, SGD", config(BLOBS, [layer for _ in range(9) for layer in (linear(16), "{type: BatchNorm1d, activation: relu}")] + [linear(4)], CE, "type: SGD, lr: 0.05, momentum: 0.9", "epochs: 40, batch_size: 40"))  # fmt: skip
healthy("batch norm of small batches", "statistics of ten examples", config(CANCER, [linear(12), "{type: BatchNorm1d, activation: relu}", linear(1)], LOGITS, ADAM, "epochs: 10, batch_size: 10"))  # fmt: skip
healthy("raw wine behind a batch norm", "inputs of up to 1680, normalised in the network", config("{name: wine}", ["{type: BatchNorm1d}", linear(12, "tanh"), linear(3)], CE, ADAM, "epochs: 40, batch_size: 30"))  # fmt: skip
healthy("six tanh layers with layer norm", "norms after every layer", config(CLOUD, [layer for _ in range(6) for layer in (linear(12), "{type: LayerNorm, activation: tanh}")] + [linear(2)], CE, "type: Adam, lr: 0.01", "epochs: 60, batch_size: 25"))  # fmt: skip
healthy("a norm and a dropout", "LayerNorm, Dropout", config(MOONS, [linear(24), "{type: LayerNorm, activation: gelu}", "{type: Dropout, p: 0.3}", linear(2)], CE, ADAM, "epochs: 60, batch_size: 25"))  # fmt: skip
healthy("convolutions with ways around", "Conv2d, Add", config(DIGITS, [conv(6, "relu"), conv(6, "relu"), "{type: Add, from: 0}", conv(6, "relu"), "{type: Add, from: 2}", FLAT, linear(10)], CE, "type: Adam, lr: 0.003", "epochs: 4, batch_size: 64"))  # fmt: skip
healthy("sums by an LSTM", "LSTM, clipping", config(SUMS, [recurrent("LSTM", 20), linear(1)], MSE, "type: Adam, lr: 0.02", "epochs: 50, batch_size: 30", gradient_clipping="{norm: 1.0}"))  # fmt: skip
healthy("sums by a relu RNN", "an identity that is kept", config(SUMS, [recurrent("RNN", 24, nonlinearity="relu", init="orthogonal"), linear(1)], MSE, "type: Adam, lr: 0.005", "epochs: 50, batch_size: 30"))  # fmt: skip
healthy("waves by a GRU and Huber", "GRU", config(NEXT, [recurrent("GRU", 12), linear(1)], "HuberLoss", ADAM, "epochs: 40, batch_size: 20"))  # fmt: skip
healthy("an echo after three", "LSTM, an answer at every step", config("{name: echo, length: 7, delay: 3, n_samples: 200, seed: 8}", ["{type: LSTM, hidden_size: 20, return: all}", FLAT, linear(7)], LOGITS, "type: Adam, lr: 0.02", "epochs: 50, batch_size: 20"))  # fmt: skip
healthy("parity of four by a table and relus", "Embedding", config("{name: parity, length: 4, n_samples: 80, seed: 9}", [TABLE, FLAT, linear(40, "relu"), linear(1)], LOGITS, "type: Adam, lr: 0.02", "epochs: 100, batch_size: 16"))  # fmt: skip
healthy("hills by two tanh layers", "a slow start, then detail", config(HILLS, [linear(32, "tanh"), linear(32, "tanh"), linear(1)], MSE, "type: Adam, lr: 0.01", "epochs: 120, batch_size: 25"))  # fmt: skip
healthy("a cubic with momentum", "SGD", config(CUBIC, [linear(16, "tanh"), linear(1)], MSE, "type: SGD, lr: 0.05, momentum: 0.9", "epochs: 120, batch_size: 16"))  # fmt: skip
healthy("a kink by absolute errors", "L1Loss, a falling rate", config("{name: abs, n_samples: 80, noise: 0.03, seed: 34}", [linear(16, "relu"), linear(1)], "L1Loss", ADAM, "epochs: 100, batch_size: 20", lr_scheduler="{type: CosineAnnealingLR}"))  # fmt: skip
healthy("heights, standardised", "targets far from zero, a first loss of 160,000", config(HEIGHTS, [linear(1)], MSE, "type: SGD, lr: 0.05", "epochs: 100, batch_size: 10"))  # fmt: skip
healthy("a step by SmoothL1", "a discontinuity remains", config("{name: step, n_samples: 120, noise: 0.1, seed: 35}", [linear(12, "tanh"), linear(1)], "SmoothL1Loss", ADAM, "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("rings by margins", "hinge", config(RINGS, [linear(20, "relu"), linear(1)], "hinge", ADAM, "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("clouds by probabilities", "sigmoid and BCELoss", config("{name: gaussians, n_samples: 150, noise: 0.8, seed: 36}", [linear(8, "relu"), linear(1, "sigmoid")], BCE, ADAM, "epochs: 60, batch_size: 25"))  # fmt: skip
healthy("clouds that overlap by half", "a floor of the data near chance", config("{name: gaussians, n_samples: 400, noise: 2.5, seed: 37}", [linear(6, "tanh"), linear(2)], CE, ADAM, "epochs: 40, batch_size: 40"))  # fmt: skip
healthy("tumours with a test part", "early enough, a penalty", config("{name: breast_cancer, standardize: standard, split: {test: 0.3, stratify: true, seed: 4}}", [linear(8, "elu"), linear(2)], CE, "type: AdamW, lr: 0.005, weight_decay: 0.1", "epochs: 12, batch_size: 32"))  # fmt: skip
healthy("iris, one class weighted, in single precision", "class weights", config("{name: iris, standardize: standard}", [linear(10, "mish"), linear(3)], "{type: CrossEntropyLoss, class_weight: [1, 2, 2]}", ADAM, "epochs: 60, batch_size: 15", dtype="float32"))  # fmt: skip
healthy("moons with Lion", "signs of gradients, hardtanh", config(MOONS, [linear(24, "hardtanh"), linear(2)], CE, "type: Lion, lr: 0.003", "epochs: 60, batch_size: 25"))  # fmt: skip
healthy("a spiral by selu", "self-normalising", config(SPIRAL, [linear(32, "selu"), linear(32, "selu"), linear(2)], CE, ADAM, "epochs: 100, batch_size: 20", init="lecun_normal"))  # fmt: skip
healthy("a large first loss that is learned", "an output of large weights, cured in a few steps", config(CUBIC, [linear(16, "tanh"), linear(1, init=normal(4))], MSE, "type: Adam, lr: 0.05", "epochs: 150, batch_size: 16"))  # fmt: skip
healthy("waves with warm restarts of the rate", "OneCycleLR", config(WAVE, [linear(20, "tanh"), linear(1)], MSE, "type: SGD, lr: 0.02, momentum: 0.9", "epochs: 120, batch_size: 20", lr_scheduler="{type: OneCycleLR, max_lr: 0.1}"))  # fmt: skip
healthy("five steps", "too short to judge", config(WINE, [linear(8, "tanh")] * 6 + [linear(3)], CE, "type: SGD, lr: 0.01", "steps: 5, batch_size: 30"))  # fmt: skip
