"""Worked networks of textbooks, computed from their formulas in fifty-digit decimals, and by our engine.

Numbers printed on a page are compared to the printed digits; the test explains errors of a page.
"""

from decimal import Decimal

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import Trace, run

from .by_hand import IDENTITY, RELU, SIGMOID, D, Net, combined, decimals, total
from .replay import with_start

LIMIT, ZERO = 1e-12, D(0)


def played(net_start, *, x, y, loss, activations, optimizer, steps, **others):
    """Train with the engine: the trace, and the output for the first example before the first step."""
    layers = [
        {"type": "Linear", "out_features": len(bias), "activation": {"type": word}}
        for (_, bias, _), word in zip(net_start, activations, strict=True)
    ]
    start = {}
    for place, (weight, bias, _) in enumerate(net_start):
        start |= {f"layers.{place}.weight": weight, f"layers.{place}.bias": bias}
    training = {"steps": steps, "batch_size": "full", "shuffle": False, "eval_every": steps} | others.pop(
        "training", {}
    )
    config = {
        "seed": 0,
        "dataset": {"points": {"x": x, "y": y}},
        "model": {"layers": layers},
        "loss": loss,
        "optimizer": optimizer,
        "training": training,
        "record": {"worked_example": {"sample": 0, "step": 0}},
        **others,
    }
    trace = Trace()
    result = run(spec.build(spec.parse(with_start(config, start))), observers=[trace])
    shown = result.capture.shown
    return trace, shown.inputs[-1][result.capture.place]


def close(got, expected):
    np.testing.assert_allclose(got, np.array(expected, dtype=float), rtol=LIMIT, atol=1e-14)


def same_end(trace, net):
    for place, layer in enumerate(net.layers):
        close(trace.end[f"layers.{place}.weight"][0], layer.weight)
        close(trace.end[f"layers.{place}.bias"][0], layer.bias)


def losses_of(trace):
    return [step["loss"][0] for step in trace.steps]


def printed(number, text):
    """Return the number rounded to the printed digits."""
    assert round(Decimal(number), -Decimal(text).as_tuple().exponent) == Decimal(text)


# === Mazur, A step by step backpropagation example, 2015: 2-2-2, half squares, rate 0.5 ===

MAZUR = [
    ([[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35], SIGMOID),
    ([[0.40, 0.45], [0.50, 0.55]], [0.60, 0.60], SIGMOID),
]
MAZUR_X, MAZUR_Y = [0.05, 0.10], [0.01, 0.99]
HALF_SQUARES = {"type": "MSELoss", "reduction": "sum", "factor": 0.5}


def mazur(steps, *, biases=True):
    """Return the losses before every step, and the net after the last; E = sum of (t - o)^2 / 2."""
    net, losses, gradients = Net(MAZUR), [], []
    for _ in range(steps):
        wrong = [o - t for o, t in zip(net.forward(decimals(MAZUR_X)), decimals(MAZUR_Y), strict=True)]
        losses.append(sum(d * d for d in wrong) / 2)
        gradients.append(net.backward(wrong))
        moved = [(w, b if biases else [0 * number for number in b]) for w, b in gradients[-1]]
        net.move(combined(lambda g: -D("0.5") * g, moved))
    return losses, gradients, net


def test_mazur_s_network():
    """The page leaves its biases unchanged; its formulas update them too, and so does the engine."""
    losses, gradients, net = mazur(20)
    trace, _ = played(MAZUR, x=[MAZUR_X], y=[MAZUR_Y], loss=HALF_SQUARES, activations=["sigmoid", "sigmoid"],
                      optimizer={"type": "SGD", "lr": 0.5}, steps=20)  # fmt: skip
    close(losses_of(trace), losses)
    close(trace.first_gradient["layers.0.weight"][0], gradients[0][0][0])
    close(trace.first_gradient["layers.0.bias"][0], gradients[0][0][1])
    same_end(trace, net)


def test_mazur_s_printed_numbers():
    losses, gradients, _ = mazur(2, biases=False)
    printed(losses[0], "0.298371109")
    printed(gradients[0][1][0][0][0], "0.082167041")
    printed(gradients[0][0][0][0][0], "0.000438568")
    printed(losses[1], "0.291027774")  # with all digits; the page, from rounded weights, has …924
    _, _, net = mazur(1)
    printed(net.layers[1].weight[0][0], "0.358916480")
    printed(net.layers[0].weight[0][0], "0.149780716")


# === Nielsen, Neural networks and deep learning, 2015: chapters 1 and 3 ===

NIELSEN = [
    ([[0.3, -0.6], [-0.2, 0.8], [1.1, 0.5]], [0.1, -0.3, 0.2], SIGMOID),
    ([[0.7, -0.4, 0.9], [-1.2, 0.6, 0.25]], [-0.5, 0.4], SIGMOID),
]
NIELSEN_X, NIELSEN_Y = [[0.2, 0.9], [0.8, 0.1], [-0.5, 0.4]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def nielsen(steps, rate, d_cost, decay=ZERO):
    """w = (1 - decay) w - rate / m sum of dC_x / dw, as `update_mini_batch` does; biases do not decay."""
    net = Net(NIELSEN)
    for _ in range(steps):
        gradients = []
        for x, y in zip(decimals(NIELSEN_X), decimals(NIELSEN_Y), strict=True):
            a = net.forward(x)
            gradients.append(net.backward([d_cost(*pair) for pair in zip(a, y, strict=True)]))
        step = combined(lambda g: -rate / len(NIELSEN_X) * g, total(gradients))
        shrunk = [(combined(lambda w: -decay * w, layer.weight), [D(0)] * len(layer.bias)) for layer in net.layers]
        net.move(total([step, shrunk]))
    return net


def test_nielsen_s_quadratic_cost():
    """C = sum over x of |y - a|^2 / (2 m), m the batch: `factor` takes the mean over examples, not over outputs."""
    loss = {"type": "MSELoss", "factor": 0.5 * 2}  # our mean is over examples and both outputs
    trace, _ = played(NIELSEN, x=NIELSEN_X, y=NIELSEN_Y, loss=loss, activations=["sigmoid", "sigmoid"],
                      optimizer={"type": "SGD", "lr": 3.0}, steps=5)  # fmt: skip
    same_end(trace, nielsen(5, D(3), lambda a, y: a - y))


def test_nielsen_s_cross_entropy_with_weight_decay():
    """C = -sum over x and outputs of y ln a + (1 - y) ln(1 - a), over m; w shrinks by rate lambda / n a step.

    n is the whole training set there, so lambda / n is our l2. Here n = 60, lambda = 3.
    """
    decay, rate = D("0.05"), D("0.5")
    trace, _ = played(NIELSEN, x=NIELSEN_X, y=NIELSEN_Y, loss={"type": "BCELoss", "reduction": "sum"},
                      activations=["sigmoid", "sigmoid"], optimizer={"type": "SGD", "lr": 0.5 / 3},
                      regularization={"l2": 0.05 * 3}, steps=5)  # fmt: skip
    same_end(trace, nielsen(5, rate, lambda a, y: (a - y) / (a * (1 - a)), rate * decay))


# === Haykin, Neural networks: XOR by 2-2-1, and sequential learning with momentum ===

XOR_X, XOR_Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]]
HAYKIN = [([[0.4, -0.7], [0.6, 0.3]], [0.2, -0.1], SIGMOID), ([[-0.5, 0.8]], [0.05], SIGMOID)]


def test_the_threshold_network_of_touretzky_and_pomerleau_solves_xor():
    """Hidden units for "both" (bias -1.5) and "any" (bias -0.5), output any - 2 both - 0.5 > 0."""
    start = [([[1.0, 1.0], [1.0, 1.0]], [-1.5, -0.5], None), ([[-2.0, 1.0]], [-0.5], None)]
    step = {"type": "step", "straight_through": True}
    layers = [
        {"type": "Linear", "out_features": 2, "activation": step},
        {"type": "Linear", "out_features": 1, "activation": step},
    ]
    weights = {
        f"layers.{i}.{name}": part for i, (w, b, _) in enumerate(start) for name, part in (("weight", w), ("bias", b))
    }
    config = {"seed": 0, "dataset": {"name": "xor"}, "model": {"layers": layers}, "loss": {"type": "MSELoss"},
              "optimizer": {"type": "SGD", "lr": 0.1}, "training": {"steps": 1}}  # fmt: skip
    document = run(spec.build(spec.parse(with_start(config, weights)))).document().to_json()
    assert document["curves"]["train_loss"] == [[0.0], [0.0]]


def test_haykin_s_generalised_delta_rule():
    """Dw(n) = alpha Dw(n - 1) + eta delta(n) y(n), one example after the other; E = e^2 / 2."""
    net, moved, losses = Net(HAYKIN), None, []
    for _ in range(3):
        for x, y in zip(decimals(XOR_X), decimals(XOR_Y), strict=True):
            wrong = [o - t for o, t in zip(net.forward(x), y, strict=True)]
            losses.append(wrong[0] ** 2 / 2)
            step = combined(lambda g: -D("0.6") * g, net.backward(wrong))
            moved = step if moved is None else total([step, combined(lambda m: D("0.9") * m, moved)])
            net.move(moved)
    trace, _ = played(HAYKIN, x=XOR_X, y=XOR_Y, loss={"type": "MSELoss", "factor": 0.5},
                      activations=["sigmoid", "sigmoid"], optimizer={"type": "SGD", "lr": 0.6, "momentum": 0.9},
                      steps=12, training={"batch_size": 1})  # fmt: skip
    close(losses_of(trace), losses)
    same_end(trace, net)


# === CS231n, Stanford: the notes on linear classification, backpropagation, and a minimal network ===

CAT = [([[0.2, -0.5, 0.1, 2.0], [1.5, 1.3, 2.1, 0.0], [0.0, 0.25, 0.2, -0.3]], [1.1, 3.2, -1.2], IDENTITY)]
CAT_X = [56.0, 231.0, 24.0, 2.0]
SCORES = [([[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]], [0.0, 0.2, -0.3], IDENTITY)]
SCORES_X = [-15.0, 22.0, -44.0, 56.0]
ONE_STEP = {"type": "SGD", "lr": 0.01}


def worked_scores(net, x, loss):
    """Return the loss of one image of class 2, and its scores; two other images complete the classes."""
    trace, output = played(net, x=[x, [0.0] * 4, [1.0] * 4], y=[2, 0, 1], loss={"type": loss},
                             activations=["identity"], optimizer=ONE_STEP, steps=1,
                             training={"batch_size": 1})  # fmt: skip
    return losses_of(trace), output


def test_cs231n_s_scores_of_a_cat():
    """The picture on the page has 61.95 for the third class: that is without its bias of -1.2."""
    _, scores = worked_scores(CAT, CAT_X, "CrossEntropyLoss")
    expected = Net(CAT).forward(decimals(CAT_X))
    close(scores, expected)
    assert [str(score.normalize()) for score in expected] == ["-96.8", "437.9", "60.75"]
    assert expected[2] + D("1.2") == D("61.95")


def test_cs231n_s_hinge_and_softmax_of_the_same_scores():
    """In nats the softmax loss is 1.04. Their hinge is summed over classes; PyTorch's and ours are divided by them."""
    scores = Net(SCORES).forward(decimals(SCORES_X))
    hinge = sum(max(D(0), score - scores[2] + 1) for score in scores[:2])
    softmax = sum(score.exp() for score in scores).ln() - scores[2]
    for loss, expected in (("CrossEntropyLoss", softmax), ("hinge", hinge / 3)):
        losses, got = worked_scores(SCORES, SCORES_X, loss)
        close(got, scores)
        close(losses, [expected])
    for score, text in zip(scores, ["-2.85", "0.86", "0.28"], strict=True):
        printed(score, text)
    printed(hinge, "1.58")
    printed(softmax, "1.04")


def test_cs231n_s_sigmoid_neuron():
    """w = (2, -3, -3), x = (-1, -2): 0.73, and gradients of the weights -0.20, -0.39, 0.20."""
    neuron = [([[2.0, -3.0]], [-3.0], SIGMOID)]
    net = Net(neuron)
    output = net.forward(decimals([-1.0, -2.0]))
    [(d_weight, d_bias)] = net.backward([D(1)])
    trace, got = played(neuron, x=[[-1.0, -2.0]], y=[[0.0]], loss={"type": "L1Loss"}, activations=["sigmoid"],
                             optimizer=ONE_STEP, steps=1)  # fmt: skip
    close(got, output)
    close(trace.first_gradient["layers.0.weight"][0], d_weight)
    close(trace.first_gradient["layers.0.bias"][0], d_bias)
    for number, text in zip([*output, *d_weight[0], *d_bias], ["0.73", "-0.20", "-0.39", "0.20"], strict=True):
        printed(number, text)


TWO_LAYERS = [
    ([[0.4, -0.3], [0.2, 0.7], [-0.6, 0.5], [0.1, -0.8]], [0.1, 0.02, -0.1, 0.05], RELU),
    ([[0.3, -0.2, 0.5, 0.1], [-0.4, 0.6, 0.2, -0.3], [0.25, 0.1, -0.7, 0.8]], [0.0, 0.05, -0.05], IDENTITY),
]
TWO_X, TWO_Y = [[0.5, -0.4], [0.3, 0.9], [-0.7, 0.2], [-0.1, -0.6]], [0, 1, 2, 0]


def test_cs231n_s_two_layer_network():
    """Softmax data loss over the examples plus reg / 2 sum W^2, biases not counted; W += -step dW."""
    net, reg, step, losses = Net(TWO_LAYERS), D("0.001"), D(1), []
    for _ in range(5):
        gradients, data_loss = [], D(0)
        for x, label in zip(decimals(TWO_X), TWO_Y, strict=True):
            scores = [score.exp() for score in net.forward(x)]
            probabilities = [score / sum(scores) for score in scores]
            data_loss -= probabilities[label].ln() / len(TWO_X)
            d_scores = [(p - int(k == label)) / len(TWO_X) for k, p in enumerate(probabilities)]
            gradients.append(net.backward(d_scores))
        squares = sum(w * w for layer in net.layers for row in layer.weight for w in row)
        losses.append(data_loss + reg / 2 * squares)
        shrunk = [(combined(lambda w: reg * w, layer.weight), [D(0)] * len(layer.bias)) for layer in net.layers]
        net.move(combined(lambda g: -step * g, total([*gradients, shrunk])))
    trace, _ = played(TWO_LAYERS, x=TWO_X, y=TWO_Y, loss={"type": "CrossEntropyLoss"},
                      activations=["relu", "identity"], optimizer={"type": "SGD", "lr": 1.0},
                      regularization={"l2": 0.001}, steps=5)  # fmt: skip
    close(losses_of(trace), losses)
    same_end(trace, net)


@pytest.mark.parametrize("net", [MAZUR, NIELSEN, HAYKIN, TWO_LAYERS])
def test_the_decimals_themselves_pass_a_numeric_check(net):
    """(L(w + h) - L(w - h)) / 2h of sum of a^2 / 2, with h = 1e-15 and fifty digits."""
    made, h = Net(net), D("1e-15")
    x = decimals([0.3, -0.8])
    gradients = made.backward(made.forward(x))
    for layer, (d_weight, d_bias) in zip(made.layers, gradients, strict=True):
        for row, d_row in zip([*layer.weight, layer.bias], [*d_weight, d_bias], strict=True):
            for k, expected in enumerate(d_row):
                values = []
                for side in (h, -2 * h):
                    row[k] += side
                    values.append(sum(a * a for a in made.forward(x)) / 2)
                row[k] += h
                assert abs((values[0] - values[1]) / (2 * h) - expected) < D("1e-25")
