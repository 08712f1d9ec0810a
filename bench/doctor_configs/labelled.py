"""Configs with what is wrong with them, labelled by the reason, not by what the doctor says.

`kinds` has to be found. `may` is true as well, but follows only sometimes: it is neither missed nor a false alarm.
`is_corrected`: the run contradicted the first label by the documented definition; tables count such a config apart.
"""

# ruff: noqa: E501 (a healthy config is one line)

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Labelled:
    name: str
    kinds: frozenset[str]
    may: frozenset[str]
    reason: str
    text: str
    is_corrected: bool = False


class Configs(list[Labelled]):
    """Labelled configs, in the order in which they are added."""

    def sick(self, kinds: str, name: str, reason: str, text: str, may: str = "", *, is_corrected: bool = False) -> None:
        self.append(Labelled(name, frozenset(kinds.split()), frozenset(may.split()), reason, text, is_corrected))

    def healthy(self, name: str, reason: str, text: str) -> None:
        self.sick("", name, reason, text)


def bars(noise: float = 0.0) -> str:
    """Return 24 pictures of 4 x 4 with a horizontal or a vertical bar, with a wave of some size added."""
    x, y = [], []
    for i in range(24):
        is_row, at = i % 2 == 0, (i // 2) % 4
        wave = [[noise * ((7 * i + 3 * r + 5 * c) % 11 - 5) / 5 for c in range(4)] for r in range(4)]
        x.append([[[wave[r][c] + float((r if is_row else c) == at) for c in range(4)] for r in range(4)]])
        y.append(int(is_row))
    return json.dumps({"points": {"x": x, "y": y}})


MOONS = "{name: moons, n_samples: 100, noise: 0.1, seed: 0}"
SINE = "{name: sine, n_samples: 64, noise: 0.05, seed: 0}"
CIRCLE = "{name: circle, n_samples: 100, noise: 0.05, seed: 0}"
IRIS = "{name: iris, standardize: standard}"
RAW_IRIS = "{name: iris}"
ADDING = "{name: adding, length: 30, n_samples: 200}"
BARS, NOISY_BARS = bars(), bars(0.3)


def linear(out: int, activation: str = "", **more: str) -> str:
    extra = "".join(f", {name}: {value}" for name, value in more.items())
    return f"{{type: Linear, out_features: {out}{f', activation: {activation}' if activation else ''}{extra}}}"


def conv(channels: int, activation: str, size: int = 3, padding: int = 1, **more: str) -> str:
    extra = "".join(f", {name}: {value}" for name, value in more.items())
    return (
        f"{{type: Conv2d, out_channels: {channels}, kernel_size: {size}, padding: {padding}, "
        f"activation: {activation}{extra}}}"
    )


def recurrent(kind: str, size: int, **more: str) -> str:
    extra = "".join(f", {name}: {value}" for name, value in more.items())
    return f"{{type: {kind}, hidden_size: {size}, return: last{extra}}}"


def config(data: str, layers: list[str], loss: str, optimizer: str, training: str, **more: str) -> str:
    lines = {
        "seeds": "{start: 0, count: 2}", "dataset": data, "model": f"{{layers: [{', '.join(layers)}]}}", "loss": loss,
        "optimizer": f"{{{optimizer}}}", "training": f"{{{training}}}", **more,
    }  # fmt: skip
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


FLAT = "{type: Flatten}"
CE, BCE, LOGITS, MSE = "CrossEntropyLoss", "BCELoss", "BCEWithLogitsLoss", "MSELoss"
LABELLED = Configs()
sick, healthy = LABELLED.sick, LABELLED.healthy


def normal(std: float) -> str:
    return f"{{type: normal, std: {std}}}"


# vanishing: every layer or time step multiplies the gradient by much less than 1

SLOW = "type: SGD, lr: 0.1"
sick("vanishing plateau", "eight sigmoid layers", "slopes of at most 1/4, eight times",
     config(MOONS, [linear(8, "sigmoid")] * 8 + [linear(2)], CE, SLOW, "epochs: 40, batch_size: 20"))  # fmt: skip
sick("vanishing plateau", "ten tanh layers, small weights", "weights of 0.1 sqrt(8) = 0.28, ten times",
     config(CIRCLE, [linear(8, "tanh")] * 10 + [linear(1)], LOGITS, SLOW, "epochs: 40, batch_size: 20",
            init=normal(0.1)))  # fmt: skip
sick("vanishing plateau", "eight relu layers, small weights", "weights of 0.05 sqrt(16 / 2) = 0.14, eight times",
     config(SINE, [linear(16, "relu")] * 8 + [linear(1)], MSE, SLOW, "epochs: 60, batch_size: 16",
            init=normal(0.05)), may="dead")  # fmt: skip
sick("vanishing plateau", "nine softsign layers, small weights", "weights of 0.1 sqrt(6) = 0.24, nine times",
     config(IRIS, [linear(6, "softsign")] * 9 + [linear(3)], CE, SLOW, "epochs: 30, batch_size: 30",
            init=normal(0.1)))  # fmt: skip
sick("vanishing plateau", "ten elu layers, small weights", "weights of 0.06 sqrt(8) = 0.17, ten times",
     config(SINE, [linear(8, "elu")] * 10 + [linear(1)], "L1Loss", "type: SGD, lr: 0.01", "epochs: 60, batch_size: 16",
            init=normal(0.06)))  # fmt: skip
sick("vanishing plateau", "six sigmoid convolutions", "slopes of at most 1/4, six times, small kernels",
     config(BARS, [conv(3, "sigmoid")] * 6 + [FLAT, linear(2)], CE, SLOW, "epochs: 80, batch_size: 8",
            init=normal(0.1)))  # fmt: skip
sick("vanishing plateau", "a tanh RNN with small weights", "recurrent weights of 0.1 sqrt(8) = 0.28, 30 times",
     config(ADDING, [recurrent("RNN", 8, init=normal(0.1)), linear(1)], MSE, "type: SGD, lr: 0.02",
            "epochs: 15, batch_size: 50"))  # fmt: skip
sick("vanishing plateau", "a relu RNN with small weights", "recurrent weights of 0.15 sqrt(8 / 2) = 0.3, 30 times",
     config(ADDING, [recurrent("RNN", 8, init=normal(0.15), nonlinearity="relu"), linear(1)], "SmoothL1Loss",
            "type: SGD, lr: 0.02", "epochs: 15, batch_size: 50"), may="dead")  # fmt: skip
sick("vanishing plateau", "eight sigmoid layers and probabilities", "slopes of at most 1/4, eight times",
     config(CIRCLE, [linear(6, "sigmoid")] * 8 + [linear(1, "sigmoid")], BCE, SLOW, "epochs: 40, batch_size: 20",
            init=normal(0.5)))  # fmt: skip

# exploding: every layer or time step multiplies it by much more than 1

sick("exploding diverged", "six relu layers, large weights", "weights of 1 sqrt(32 / 2) = 4, six times",
     config(SINE, [linear(32, "relu")] * 6 + [linear(1)], MSE, "type: SGD, lr: 0.01", "epochs: 40, batch_size: 16",
            init=normal(1.0)), may="dead")  # fmt: skip
sick("exploding diverged", "eight linear layers, large weights", "weights of 0.8 sqrt(16) = 3.2, eight times",
     config("{name: plane, n_samples: 60}", [linear(16)] * 8 + [linear(1)], MSE, "type: SGD, lr: 0.001",
            "epochs: 40, batch_size: 20", init=normal(0.8)))  # fmt: skip
sick("exploding diverged", "seven leaky layers, large weights", "weights of 1.5 sqrt(24 / 2) = 5, seven times",
     config(SINE, [linear(24, "leaky_relu")] * 7 + [linear(1)], MSE, "type: SGD, lr: 0.01",
            "epochs: 40, batch_size: 16", init=normal(1.5)))  # fmt: skip
sick("exploding diverged", "a relu RNN, large weights", "recurrent weights of 0.8 sqrt(16 / 2) = 2.3, 30 times",
     config(ADDING, [recurrent("RNN", 16, init=normal(0.8), nonlinearity="relu"), linear(1)], MSE,
            "type: SGD, lr: 0.01", "epochs: 10, batch_size: 50"), may="dead")  # fmt: skip
sick("exploding diverged", "six relu convolutions, large kernels", "kernels of 1 sqrt(9 * 4 / 2) = 4, six times",
     config(NOISY_BARS, [conv(4, "relu")] * 6 + [FLAT, linear(1)], MSE, "type: SGD, lr: 0.01",
            "epochs: 40, batch_size: 8", init=normal(1.0)), may="dead")  # fmt: skip
sick("exploding", "ten silu layers, large weights", "weights of 1.5 sqrt(16 / 2) = 4, ten times",
     config(MOONS, [linear(16, "silu")] * 10 + [linear(2)], CE, "type: SGD, lr: 0.1", "epochs: 40, batch_size: 20",
            init=normal(1.5)), may="diverged chaotic plateau dead")  # fmt: skip

# saturated: outputs at the bounds, where the slope is 0

sick("saturated plateau", "huge tanh weights, frozen output", "inputs of 500 to tanh",
     config("{name: spiral, n_samples: 90, seed: 0}",
            [linear(6, "tanh", init=normal(500))] * 2 + [linear(3, init="zeros", trainable="false")], CE,
            "type: SGD, lr: 0.01", "epochs: 30, batch_size: 30"))  # fmt: skip
sick("saturated", "two large sigmoid layers on xor", "inputs of 40 to sigmoid",
     config("{name: xor}", [linear(4, "sigmoid", init=normal(40)), linear(4, "sigmoid", init=normal(40)),
            linear(1, "sigmoid", init=normal(0.1))], MSE, "type: SGD, lr: 0.001", "epochs: 300, batch_size: full"),
     may="plateau")  # fmt: skip
sick("saturated plateau", "a sigmoid output that begins wrong", "a bias of 20 before sigmoid and squares",
     config("{name: and}", [linear(3, "tanh"), linear(1, "sigmoid", bias_init="{type: constant, value: 20}")], MSE,
            "type: SGD, lr: 1.0", "epochs: 300, batch_size: full"))  # fmt: skip
sick("saturated", "raw wine into sigmoid", "inputs of up to 1680 to sigmoid",
     config("{name: wine}", [linear(6, "sigmoid"), linear(3)], CE, "type: SGD, lr: 0.01", "epochs: 20, batch_size: 32"),
     may="plateau")  # fmt: skip
# not labelled chaotic at first: but where a unit is not saturated, inputs of thousands make a curvature of millions
sick("saturated", "raw breast cancer into tanh", "inputs of up to 4254 to tanh",
     config("{name: breast_cancer}", [linear(4, "tanh"), linear(4, "tanh"), linear(1)], LOGITS, "type: SGD, lr: 0.001",
            "epochs: 10, batch_size: 64"), may="plateau chaotic")  # fmt: skip
sick("saturated plateau", "a tanh RNN with huge weights", "inputs of 80 to tanh at every step, a frozen output",
     config("{name: parity, length: 8, n_samples: 60}",
            [recurrent("RNN", 6, init=normal(30)), linear(1, trainable="false")], LOGITS, "type: SGD, lr: 0.0001",
            "epochs: 20, batch_size: 20"), may="exploding diverged")  # fmt: skip
sick("saturated", "hardtanh with huge weights", "inputs of 100 to hardtanh",
     config("{name: xor_cloud, n_samples: 80, noise: 0.2}",
            [linear(6, "hardtanh", init=normal(100)), linear(6, "hardtanh", init=normal(100)), linear(1)], MSE,
            "type: SGD, lr: 0.0001", "epochs: 30, batch_size: 20"), may="plateau")  # fmt: skip

# dead: no example reaches the unit

DEAD_BIAS = "{type: constant, value: -50}"
sick("dead plateau", "a bias of -50 before relu", "z < 0 for every example",
     config(MOONS, [linear(8, "relu", bias_init=DEAD_BIAS), linear(2)], CE, SLOW, "epochs: 40, batch_size: 20"))  # fmt: skip
sick("dead plateau", "a bias of -20 before relu convolutions", "z < 0 for every example",
     config(BARS, [conv(4, "relu", bias_init="{type: constant, value: -20}"), FLAT, linear(2)], CE, SLOW,
            "epochs: 60, batch_size: 8"))  # fmt: skip
sick("dead plateau", "a relu RNN with a bias of -50", "z < 0 at every step",
     config("{name: adding, length: 6, n_samples: 100}",
            [recurrent("RNN", 8, bias_init=DEAD_BIAS, nonlinearity="relu"), linear(1)], MSE, "type: SGD, lr: 0.02",
            "epochs: 20, batch_size: 20"))  # fmt: skip
sick("dead plateau", "relu behind sigmoid, bias -30", "outputs of sigmoid are at most 1, the bias is -30",
     config(SINE, [linear(8, "sigmoid"), linear(8, "relu", bias_init="{type: constant, value: -30}"), linear(1)],
            "HuberLoss", "type: SGD, lr: 0.02", "epochs: 60, batch_size: 16"))  # fmt: skip
sick("dead plateau", "negative weights on positive inputs", "pixels are not negative, all weights are",
     config(BARS, [FLAT, linear(8, "relu", init="{type: uniform, low: -2, high: -1}"), linear(2)], CE, SLOW,
            "epochs: 60, batch_size: 8"))  # fmt: skip
sick("dead", "one step of 1e4 kills a relu layer", "a first update of the size 1e4",
     config(RAW_IRIS, [linear(8, "relu"), linear(8, "relu"), linear(3)], CE, "type: SGD, lr: 1.0e4",
            "epochs: 30, batch_size: 50"), may="chaotic diverged plateau")  # fmt: skip
sick("dead plateau", "a dead layer behind layer norm", "normalised inputs, a bias of -50",
     config(IRIS, ["{type: LayerNorm}", linear(6, "relu", bias_init=DEAD_BIAS), linear(3)], "hinge", SLOW,
            "epochs: 30, batch_size: 30"))  # fmt: skip

# symmetric: units with equal weights stay equal

sick("symmetric plateau", "xor from zeros", "all weights are 0",
     config("{name: xor}", [linear(3, "sigmoid"), linear(1, "sigmoid")], MSE, "type: SGD, lr: 0.5",
            "epochs: 200, batch_size: full", init="zeros"))  # fmt: skip
sick("symmetric", "moons from one constant", "all weights are 0.5: one effective unit",
     config(MOONS, [linear(8, "tanh"), linear(2)], CE, SLOW, "epochs: 40, batch_size: 20",
            init="{type: constant, value: 0.5}"), may="plateau")  # fmt: skip
sick("symmetric", "kernels from one constant", "all kernels are equal",
     config(NOISY_BARS, [conv(4, "tanh"), FLAT, linear(2)], CE, SLOW, "epochs: 60, batch_size: 8",
            init="{type: constant, value: 0.1}"), may="plateau")  # fmt: skip
sick("symmetric", "an RNN from one constant", "all recurrent weights are 0.1",
     config("{name: sine_next, n_samples: 60}",
            [recurrent("RNN", 6, init="{type: constant, value: 0.1}"), linear(1, init="{type: constant, value: 0.1}")],
            MSE, "type: SGD, lr: 0.02", "epochs: 15, batch_size: 20"), may="plateau")  # fmt: skip
sick("symmetric", "a GRU from one constant", "all recurrent weights are 0.1",
     config("{name: sine_next, n_samples: 60}",
            [recurrent("GRU", 4, init="{type: constant, value: 0.1}"), linear(1, init="{type: constant, value: 0.1}")],
            MSE, "type: Adam, lr: 0.01", "epochs: 15, batch_size: 20"), may="plateau")  # fmt: skip
sick("symmetric", "an LSTM from zeros", "all recurrent weights are 0",
     config("{name: sine_next, n_samples: 60}",
            [recurrent("LSTM", 4, init="zeros"), linear(1, init="{type: constant, value: 0.1}")], MSE,
            "type: Adam, lr: 0.01", "epochs: 15, batch_size: 20"), may="plateau")  # fmt: skip
sick("symmetric", "relu from ones", "all weights are 1",
     config(SINE, [linear(6, "relu"), linear(1)], "L1Loss", "type: SGD, lr: 0.01", "epochs: 60, batch_size: 16",
            init="ones"), may="plateau")  # fmt: skip

# plateau: the loss does not move

sick("plateau", "xor without a hidden layer", "no line separates xor",
     config("{name: xor}", [linear(1, "sigmoid")], MSE, "type: SGD, lr: 1.0", "epochs: 400, batch_size: full"))  # fmt: skip
for _loss, _data, _out in (
    (CE, MOONS, 2), (LOGITS, CIRCLE, 1), ("hinge", IRIS, 3), ("{type: hinge}", CIRCLE, 1), ("HuberLoss", SINE, 1),
    ("SmoothL1Loss", SINE, 1), ("L1Loss", SINE, 1), (MSE, SINE, 1),
):  # fmt: skip
    sick("plateau", f"a rate of 1e-9, {_loss} on {_data[1:16]}", "no weight moves",
         config(_data, [linear(8, "tanh"), linear(_out)], _loss, "type: SGD, lr: 1.0e-9",
                "epochs: 40, batch_size: 20"))  # fmt: skip
sick("plateau", "the seed lottery of xor", "two tanh units have local minima, in which half of the seeds end",
     config("{name: xor}", [linear(2, "tanh"), linear(1, "sigmoid")], MSE, "type: SGD, lr: 1.0",
            "epochs: 2500, batch_size: full, eval_every: 25", seeds="{start: 0, count: 10}", init=normal(1.0),
            bias_init=normal(1.0)), may="saturated")  # fmt: skip
sick("plateau", "one stuck seed of xor", "seed 0 of the lottery, alone, with a rate that falls",
     config("{name: xor}", [linear(3, "tanh"), linear(1, "sigmoid")], MSE, "type: SGD, lr: 1.0e-4",
            "epochs: 2500, batch_size: full, eval_every: 25", seeds="[0]"))  # fmt: skip
sick("plateau", "labels that do not depend on the inputs", "the same input has both labels",
     config('{points: {x: [[0], [0], [1], [1], [2], [2]], y: [0, 1, 0, 1, 0, 1]}}', [linear(6, "tanh"), linear(2)], CE,
            SLOW, "epochs: 200, batch_size: full"))  # fmt: skip

# diverged: updates that are too large

sick("diverged", "a sine at a rate of 3", "2 divided by the curvature is below 1",
     config(SINE, [linear(8, "relu"), linear(1)], MSE, "type: SGD, lr: 3.0", "epochs: 60"), may="dead")  # fmt: skip
sick("diverged", "a plane at a rate of 10", "2 divided by the curvature is near 1",
     config("{name: plane, n_samples: 60}", [linear(1)], MSE, "type: SGD, lr: 10.0", "epochs: 60, batch_size: 20"))  # fmt: skip
sick("diverged", "momentum and a rate of 1", "momentum multiplies the rate by 10",
     config("{name: polynomial, n_samples: 60}", [linear(8, "tanh"), linear(1)], MSE,
            "type: SGD, lr: 2.0, momentum: 0.9", "epochs: 60, batch_size: 20"))  # fmt: skip
sick("diverged", "raw wine as a regression of classes by squares", "inputs of up to 1680, a rate of 0.1",
     config("{name: wine}", [linear(3)], MSE, "type: SGD, lr: 0.1", "epochs: 20, batch_size: 32"))  # fmt: skip
sick("diverged", "a recurrent network at a rate of 50", "a rate of 50",
     config("{name: sine_next, n_samples: 60}", [recurrent("GRU", 6), linear(1)], MSE, "type: SGD, lr: 50.0",
            "epochs: 15, batch_size: 20"))  # fmt: skip
sick("diverged", "raw iris at a rate of 1e4", "a rate of 1e4",
     config(RAW_IRIS, [linear(3)], CE, "type: SGD, lr: 1.0e4", "epochs: 20, batch_size: 32"))  # fmt: skip
sick("diverged", "adam at a rate of 1000", "every step moves every weight by 1000",
     config("{name: abs, n_samples: 60}", [linear(8, "relu"), linear(1)], "L1Loss", "type: Adam, lr: 1.0e+3",
            "epochs: 40, batch_size: 20"), may="chaotic dead")  # fmt: skip

# overfitting: few noisy examples, a large network, a held-out part

sick("overfitting", "noisy moons, 64 units", "30 examples with overlapping classes",
     config("{name: moons, n_samples: 60, noise: 0.5, split: {val: 0.5, seed: 0}, seed: 0}",
            [linear(64, "relu"), linear(2)], CE, "type: Adam, lr: 0.03", "epochs: 150, batch_size: 10"))  # fmt: skip
sick("overfitting", "a noisy sine, 64 units", "20 examples with noise of 0.5",
     config("{name: sine, n_samples: 40, noise: 0.5, standardize: standard, split: {val: 0.5, seed: 0}, seed: 0}",
            [linear(64, "tanh"), linear(64, "tanh"), linear(1)], MSE, "type: Adam, lr: 0.02",
            "epochs: 800, batch_size: full, eval_every: 5"))  # fmt: skip
sick("overfitting", "noisy circles, a test part", "40 examples with noise of 0.5",
     config("{name: circle, n_samples: 80, noise: 0.5, split: {test: 0.5, seed: 0}, seed: 0}",
            [linear(64, "tanh"), linear(64, "tanh"), linear(1)], LOGITS, "type: Adam, lr: 0.01",
            "epochs: 150, batch_size: 20"))  # fmt: skip
sick("overfitting", "parity learned by heart", "parity of 24 of 48 sequences does not tell that of others",
     config("{name: parity, length: 8, n_samples: 48, split: {val: 0.5, seed: 0}}",
            ["{type: Embedding, num_embeddings: 2, embedding_dim: 8}", FLAT, linear(32, "relu"), linear(1)], LOGITS,
            "type: Adam, lr: 0.01", "epochs: 150, batch_size: 12"))  # fmt: skip
sick("overfitting", "noisy clouds, hinge", "overlapping classes, 128 units",
     config("{name: xor_cloud, n_samples: 80, noise: 0.6, split: {val: 0.5, seed: 0}, seed: 0}",
            [linear(128, "relu"), linear(1)], "hinge", "type: Adam, lr: 0.02", "epochs: 200, batch_size: 20"))  # fmt: skip
sick("overfitting", "an LSTM on parity", "24 sequences learned by heart",
     config("{name: parity, length: 6, n_samples: 40, split: {val: 0.5, seed: 1}}",
            [recurrent("LSTM", 16), linear(1)], LOGITS, "type: Adam, lr: 0.03", "epochs: 150, batch_size: 20"))  # fmt: skip

# chaotic: the loss jumps over the minimum

sick("chaotic", "moons at a rate of 8", "updates over the minimum, bounded by tanh and cross-entropy",
     config(MOONS, [linear(16, "tanh"), linear(2)], CE, "type: SGD, lr: 8.0", "epochs: 40, batch_size: 20"),
     may="diverged saturated")  # fmt: skip
sick("chaotic", "a spiral with adam at 1", "every step moves every weight by about 1",
     config("{name: spiral, n_samples: 90, seed: 0}", [linear(32, "tanh"), linear(3)], CE, "type: Adam, lr: 1.0",
            "epochs: 60, batch_size: 16"), may="saturated diverged")  # fmt: skip
sick("chaotic", "raw iris at a rate of 0.5", "inputs of up to 8",
     config(RAW_IRIS, [linear(3)], CE, "type: SGD, lr: 0.5", "epochs: 40, batch_size: 16"), may="diverged")  # fmt: skip
sick("chaotic", "the adding problem with adam at 0.3", "every step moves every weight by about 0.3",
     config("{name: adding, length: 6, n_samples: 150}", [recurrent("RNN", 16), linear(1)], MSE, "type: Adam, lr: 0.5",
            "epochs: 40, batch_size: 25"), may="diverged saturated plateau")  # fmt: skip

# healthy, one at least for each layer and loss

ADAM = "type: Adam, lr: 0.02"
healthy("and", "logistic regression", config("{name: and}", [linear(1, "sigmoid")], BCE, "type: SGD, lr: 1.0", "epochs: 300, batch_size: full"))  # fmt: skip
healthy("or", "a perceptron", config("{name: or}", [linear(1)], "hinge", "type: SGD, lr: 0.1", "epochs: 200, batch_size: full"))  # fmt: skip
healthy("nand by squares", "sigmoid and squares", config("{name: nand}", [linear(1, "sigmoid")], MSE, "type: SGD, lr: 2.0", "epochs: 500, batch_size: full"))  # fmt: skip
healthy("xor that saturates in the end", "hidden units saturate when they have learned", config("{name: xor}", [linear(8, "sigmoid"), linear(1, "sigmoid")], BCE, "type: Adam, lr: 0.1", "epochs: 600, batch_size: full, eval_every: 5"))  # fmt: skip
healthy("moons", "relu", config(MOONS, [linear(16, "relu"), linear(2)], CE, ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("moons, one example a step", "noise of online learning", config(MOONS, [linear(8, "tanh"), linear(2)], CE, "type: SGD, lr: 0.05", "epochs: 20, batch_size: 1"))  # fmt: skip
healthy("circle", "tanh", config(CIRCLE, [linear(8, "tanh"), linear(1)], LOGITS, ADAM, "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("iris by margins", "hinge of several classes", config(IRIS, [linear(8, "tanh"), linear(3)], "hinge", ADAM, "epochs: 60, batch_size: 30"))  # fmt: skip
healthy("iris with a test part", "early enough", config("{name: iris, standardize: standard, split: {test: 0.3, stratify: true}}", [linear(8, "tanh"), linear(3)], CE, ADAM, "epochs: 60, batch_size: 16"))  # fmt: skip
healthy("blobs", "label smoothing: the loss stays above 0", config("{name: blobs, n_samples: 90}", [linear(8, "relu"), linear(3)], "{type: CrossEntropyLoss, label_smoothing: 0.1}", ADAM, "epochs: 60, batch_size: 30"))  # fmt: skip
healthy("gaussians", "softmax of probabilities", config("{name: gaussians, n_samples: 80}", [linear(6, "gelu"), linear(2)], CE, ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("a sine", "regression", config(SINE, [linear(16, "tanh"), linear(16, "tanh"), linear(1)], MSE, ADAM, "epochs: 200, batch_size: full"))  # fmt: skip
healthy("a very noisy sine", "the loss stays at the noise", config("{name: sine, n_samples: 200, noise: 0.7, seed: 0}", [linear(8, "tanh"), linear(1)], MSE, ADAM, "epochs: 100, batch_size: 50"))  # fmt: skip
healthy("a noisy plane", "a linear model at its floor", config("{name: plane, n_samples: 80, noise: 0.3}", [linear(1)], MSE, "type: SGD, lr: 0.05", "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("abs", "L1", config("{name: abs, n_samples: 60}", [linear(16, "relu"), linear(1)], "L1Loss", ADAM, "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("step", "Huber", config("{name: step, n_samples: 60}", [linear(16, "tanh"), linear(1)], "HuberLoss", ADAM, "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("polynomial", "SmoothL1", config("{name: polynomial, n_samples: 60}", [linear(16, "silu"), linear(1)], "SmoothL1Loss", ADAM, "epochs: 100, batch_size: 20"))  # fmt: skip
healthy("bumps", "softplus", config("{name: multi_gauss, n_samples: 100}", [linear(24, "softplus"), linear(1)], MSE, ADAM, "epochs: 100, batch_size: 25"))  # fmt: skip
healthy("pictures", "Conv2d, MaxPool2d", config(NOISY_BARS, [conv(6, "relu"), "{type: MaxPool2d, kernel_size: 2}", FLAT, linear(2)], CE, ADAM, "epochs: 60, batch_size: 8"))  # fmt: skip
healthy("pictures, averaged", "Conv2d, AvgPool2d, BatchNorm2d", config(NOISY_BARS, [conv(6, "tanh"), "{type: BatchNorm2d}", "{type: AvgPool2d, kernel_size: 2}", FLAT, linear(2)], CE, ADAM, "epochs: 60, batch_size: 8"))  # fmt: skip
healthy("pictures in rows", "Reshape, LSTM", config(NOISY_BARS, ["{type: Reshape, shape: [4, 4]}", recurrent("LSTM", 8), linear(2)], CE, ADAM, "epochs: 60, batch_size: 8"))  # fmt: skip
healthy("batch norm and dropout", "BatchNorm1d, Dropout", config(IRIS, [linear(16), "{type: BatchNorm1d, activation: relu}", "{type: Dropout, p: 0.2}", linear(3)], CE, ADAM, "epochs: 40, batch_size: 30"))  # fmt: skip
healthy("strong dropout", "Dropout 0.5", config(MOONS, [linear(32, "relu"), "{type: Dropout, p: 0.5}", linear(2)], CE, ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("layer norm", "LayerNorm", config(MOONS, [linear(16, "relu"), "{type: LayerNorm}", linear(2)], CE, ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("a deep residual network", "Add: eight layers with a way around", config(MOONS, [linear(8, "tanh"), linear(8, "tanh"), linear(8, "tanh"), "{type: Add, from: 0}", linear(8, "tanh"), linear(8, "tanh"), "{type: Add, from: 3}", linear(2)], CE, ADAM, "epochs: 40, batch_size: 20"))  # fmt: skip
healthy("six relu layers", "the default start suits relu", config(MOONS, [linear(16, "relu")] * 6 + [linear(2)], CE, "type: Adam, lr: 0.005", "epochs: 40, batch_size: 20"))  # fmt: skip
healthy("six tanh layers", "the default start suits tanh", config(CIRCLE, [linear(12, "tanh")] * 6 + [linear(1)], LOGITS, "type: Adam, lr: 0.005", "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("six sigmoid layers with batch norm", "norms keep the gradient", config(MOONS, [layer for _ in range(5) for layer in (linear(12), "{type: BatchNorm1d, activation: sigmoid}")] + [linear(2)], CE, ADAM, "epochs: 60, batch_size: 20"))  # fmt: skip
healthy("selu", "self-normalising", config(IRIS, [linear(12, "selu")] * 3 + [linear(3)], CE, "type: Adam, lr: 0.005", "epochs: 40, batch_size: 30", init="lecun_normal"))  # fmt: skip
healthy("mish and softsign", "other activations", config(IRIS, [linear(12, "mish"), linear(12, "softsign"), linear(3)], CE, ADAM, "epochs: 40, batch_size: 30"))  # fmt: skip
healthy("leaky_relu", "a leaky layer", config(SINE, [linear(24, "leaky_relu"), linear(24, "leaky_relu"), linear(1)], MSE, "type: Adam, lr: 0.01", "epochs: 150, batch_size: 16"))  # fmt: skip
healthy("an RNN", "a short sequence", config("{name: sine_next, n_samples: 80}", [recurrent("RNN", 8), linear(1)], MSE, ADAM, "epochs: 25, batch_size: 20"))  # fmt: skip
healthy("a GRU", "a short sequence", config("{name: sine_next, n_samples: 80}", [recurrent("GRU", 6), linear(1)], MSE, ADAM, "epochs: 25, batch_size: 20"))  # fmt: skip
healthy("an LSTM", "a short sequence", config("{name: sine_next, n_samples: 80}", [recurrent("LSTM", 6), linear(1)], MSE, ADAM, "epochs: 25, batch_size: 20"))  # fmt: skip
healthy("parity of three", "Embedding, GRU", config("{name: parity, length: 3, n_samples: 40}", ["{type: Embedding, num_embeddings: 2, embedding_dim: 4}", recurrent("GRU", 8), linear(1)], LOGITS, "type: Adam, lr: 0.05", "epochs: 80, batch_size: 20"))  # fmt: skip
healthy("wine", "standardised", config("{name: wine, standardize: standard}", [linear(12, "relu"), linear(3)], CE, ADAM, "epochs: 20, batch_size: 32"))  # fmt: skip
healthy("breast cancer", "standardised, a penalty", config("{name: breast_cancer, standardize: standard}", [linear(8, "tanh"), linear(1)], LOGITS, ADAM, "epochs: 15, batch_size: 64", regularization="{l2: 0.001}"))  # fmt: skip
healthy("LBFGS", "full batches", config(SINE, [linear(8, "tanh"), linear(1)], MSE, "type: LBFGS, lr: 0.5", "epochs: 20, batch_size: full"))  # fmt: skip
healthy("RMSprop", "another optimiser", config(MOONS, [linear(16, "tanh"), linear(2)], CE, "type: RMSprop, lr: 0.005", "epochs: 40, batch_size: 20"))  # fmt: skip
healthy("a falling rate in single precision", "cosine, AdamW", config(MOONS, [linear(16, "relu"), linear(2)], CE, "type: AdamW, lr: 0.02", "epochs: 40, batch_size: 20", lr_scheduler="{type: CosineAnnealingLR}", dtype="float32"))  # fmt: skip
healthy("momentum and clipping", "clipping", config(MOONS, [linear(16, "relu"), linear(2)], CE, "type: SGD, lr: 0.1, momentum: 0.9", "epochs: 40, batch_size: 20", gradient_clipping="{norm: 1.0}"))  # fmt: skip
healthy("stopped early with its best weights", "early stopping", config("{name: moons, n_samples: 60, noise: 0.5, split: {val: 0.5, seed: 0}, seed: 0}", [linear(64, "relu"), linear(2)], CE, "type: Adam, lr: 0.03", "epochs: 150, batch_size: 10", stopping="[{type: EarlyStopping, monitor: val_loss, patience: 15, restore_best_weights: true}]"))  # fmt: skip
healthy("two steps", "too short to judge", config(MOONS, [linear(8, "sigmoid")] * 8 + [linear(2)], CE, SLOW, "steps: 2, batch_size: 20"))  # fmt: skip
healthy("still learning", "slow but falling", config(MOONS, [linear(8, "tanh"), linear(2)], CE, "type: SGD, lr: 0.05", "epochs: 40, batch_size: 20"))  # fmt: skip
