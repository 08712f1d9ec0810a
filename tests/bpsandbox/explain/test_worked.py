"""The working of one step, against a page that a person can check by hand."""

import re
from decimal import Decimal

import pytest

from bpsandbox import explain
from bpsandbox.explain.numbers import number

from .examples import article, document, sigmoid_net

GOLDEN = [
    ("forward", "Layer 1: weighted sum", "z^{[1]} = W^{[1]} x + b^{[1]}",
     r"z^{[1]} = \begin{bmatrix} 0.1 & 0.2 \\ 0.3 & -0.4 \\ -0.5 & 0.6 \end{bmatrix}"
     r" \begin{bmatrix} 1 \\ 2 \end{bmatrix} + \begin{bmatrix} 0.1 \\ -0.1 \\ 0.2 \end{bmatrix}"
     r" = \begin{bmatrix} 0.6 \\ -0.6 \\ 0.9 \end{bmatrix}"),
    ("forward", "Layer 1: activation", r"a^{[1]} = \sigma(z^{[1]})",
     r"a^{[1]} = \sigma\left(\begin{bmatrix} 0.6 \\ -0.6 \\ 0.9 \end{bmatrix}\right)"
     r" = \begin{bmatrix} 0.6457 \\ 0.3543 \\ 0.7109 \end{bmatrix}"),
    ("forward", "Layer 2: weighted sum", "z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}",
     r"z^{[2]} = \begin{bmatrix} 0.7 & -0.8 & 0.9 \end{bmatrix}"
     r" \begin{bmatrix} 0.6457 \\ 0.3543 \\ 0.7109 \end{bmatrix} + 0.05 = 0.8583"),
    ("forward", "Layer 2: activation", r"\hat{y} = \sigma(z^{[2]})", r"\hat{y} = \sigma\left(0.8583\right) = 0.7023"),
    ("forward", "Loss of this example", r"L = (y - \hat{y})^2", r"L = \left(1 - 0.7023\right)^2 = 0.08862"),
    ("backward", "Slope of the loss at the output", r"\frac{\partial L}{\partial \hat{y}} = 2(\hat{y} - y)",
     r"\frac{\partial L}{\partial \hat{y}} = 2\left(0.7023 - 1\right) = -0.5954"),
    ("backward", "Layer 2: delta",
     r"\delta^{[2]} = \frac{\partial L}{\partial z^{[2]}} = "
     r"\frac{\partial L}{\partial \hat{y}} \cdot \hat{y} \cdot (1 - \hat{y})",
     r"\delta^{[2]} = \left(-0.5954\right) \cdot 0.7023 \cdot \left(1 - 0.7023\right) = -0.1245"),
    ("backward", "Gradient of layer 2: weights",
     r"\frac{\partial L}{\partial W^{[2]}} = \delta^{[2]} (a^{[1]})^{\top}",
     r"\frac{\partial L}{\partial W^{[2]}} = -0.1245 \begin{bmatrix} 0.6457 & 0.3543 & 0.7109 \end{bmatrix}"
     r" = \begin{bmatrix} -0.08037 & -0.04411 & -0.08849 \end{bmatrix}"),
    ("backward", "Gradient of layer 2: bias", r"\frac{\partial L}{\partial b^{[2]}} = \delta^{[2]}",
     r"\frac{\partial L}{\partial b^{[2]}} = -0.1245"),
    ("backward", "Back through the weights of layer 2",
     r"\frac{\partial L}{\partial a^{[1]}} = (W^{[2]})^{\top} \delta^{[2]}",
     r"\frac{\partial L}{\partial a^{[1]}} = \begin{bmatrix} 0.7 & -0.8 & 0.9 \end{bmatrix}^{\top} \left(-0.1245\right)"
     r" = \begin{bmatrix} -0.08713 \\ 0.09958 \\ -0.1120 \end{bmatrix}"),
]  # fmt: skip


def test_the_article_network_is_worked_line_by_line():
    steps = explain.worked(document(article())).steps
    assert [(s.kind, s.title, s.latex_symbols, s.latex_numbers) for s in steps[: len(GOLDEN)]] == GOLDEN
    assert [s.title for s in steps[len(GOLDEN) :]] == [
        "Layer 1: delta", "Gradient of layer 1: weights", "Gradient of layer 1: bias", "Layer 1: new weights",
        "Layer 1: new bias", "Layer 2: new weights", "Layer 2: new bias",
    ]  # fmt: skip
    assert steps[-1].latex_numbers == r"b^{[2]} = 0.05 - 0.1 \cdot \left(-0.1245\right) = 0.06245"


def stored_numbers(value):
    if isinstance(value, dict):
        return {n for v in value.values() for n in stored_numbers(v)}
    if isinstance(value, list | tuple):
        return {n for v in value for n in stored_numbers(v)}
    return {value} if isinstance(value, int | float) else set()


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_every_printed_number_is_a_stored_one_rounded(depth):
    weights = [[[0.37 * (i + 1) - 0.21 * (j + k) for j in range(3)] for i in range(3)] for k in range(depth)]
    example = sigmoid_net(weights, [[0.013, -0.7, 1e-5]] * depth, [0.3, -1.7, 2.0], [0.0, 1.0, 0.25])
    allowed = {number(v) for v in stored_numbers(example)} | {"1", "2", "3"}
    for step in explain.worked(document(example)).steps:
        text = re.sub(r"\^\{\[\d\]\}", "", step.latex_numbers)
        printed = re.findall(
            r"-?\d[\d.]*(?: \\times 10\^\{-?\d+\})?", text.replace("frac{1}{3}", "").replace("frac{2}{3}", "")
        )
        assert printed
        assert {n for n in printed if n not in allowed and n.lstrip("-") not in allowed} == set()


@pytest.mark.parametrize(
    "value, latex",
    [
        (0.1, "0.1"), (0.10000004, "0.1000"), (-0.4, "-0.4"), (0.30000000000000004, "0.3"), (1, "1"), (2.0, "2"),
        (0.645656306, "0.6457"), (0.0628713, "0.06287"), (0.00123449, "0.001234"), (12345.678, "12345.678"),
        (0.00012, r"1.2 \times 10^{-4}"), (-3.14159e-9, r"-3.142 \times 10^{-9}"), (2.5e7, r"2.5 \times 10^{7}"),
        (0, "0"), (-0.0, "0"), (float("nan"), r"\text{NaN}"), (float("-inf"), r"-\infty"), (0.99999999, "1.0000"),
    ],
)  # fmt: skip
def test_one_rule_rounds_every_number(value, latex):
    assert number(value) == latex


@pytest.mark.parametrize("value", [0.1234549999, 0.5, 7.77777, 0.0303030303, 99999.99, 0.001, 0.0015015])
def test_rounding_errs_by_half_a_last_digit_at_most(value):
    text = number(value)
    places = len(text.partition(".")[2])
    assert abs(Decimal(text) - Decimal(value)) <= Decimal(10) ** -places / 2


def test_large_matrices_are_cut_and_the_cut_is_said():
    example = sigmoid_net([[[0.1] * 20] * 64, [[0.1] * 64]], [[0.0] * 64, [0.0]], [1.0] * 20, [1.0])
    done = explain.worked(document(example))
    assert done.notes == (
        "Dots in W[1] (64 × 20) stand for rows 7 to 63.", "Dots in W[1] (64 × 20) stand for columns 7 to 19.",
        "Dots in W[2] (1 × 64) stand for columns 7 to 63.",
    )  # fmt: skip
    weights = done.of("forward")[0].latex_numbers.partition(r"\end{bmatrix}")[0]
    assert weights.count(r"\\") == 7 and weights.count(r"\vdots") == 7 and weights.count(r"\ddots") == 1


def test_no_example_no_working():
    assert explain.worked({"records": {}}) is None
    assert explain.worked({}) is None
    assert explain.worked(document({**article(), "layers": [{"type": "Flatten", "index": 0}]})) is None


def test_an_activation_of_its_own_joins_the_layer_before_it():
    example = article()
    joined = explain.worked(document(example)).steps
    first = example["layers"][0]
    alone = {"index": 1, "type": "Sigmoid", "activation": "identity", "a": first["a"], "da": first["da"]}
    plain = {**first, "activation": "identity", "a": first["z"], "da": first["dz"]}
    assert explain.worked(document({**example, "layers": [plain, alone, example["layers"][1]]})).steps == joined


def test_what_an_optimiser_adds_is_not_passed_off_as_plain_descent():
    example = article()
    example["layers"][0]["weight_after"] = [[0.2, 0.3], [0.4, -0.3], [-0.4, 0.7]]
    example |= {"optimizer": "Adam", "batch_size": 4}
    done = explain.worked(document(example))
    assert done.of("update")[0].latex_symbols == r"W^{[1]} \leftarrow W^{[1]} + \Delta W^{[1]}"
    assert done.notes == (
        "This example is worked as if it were the whole batch; the run takes 4 at a time.",
        "Adam does more than learning rate times gradient: its update shows before and after.",
    )


def test_the_document_for_latex_holds_every_line_and_escapes_words():
    done = explain.worked(document(article()))
    text = explain.tex(done, title="50 % & more_or_less")
    assert r"\section*{50 \% \& more\_or\_less}" in text and text.rstrip().endswith(r"\end{document}")
    assert all(step.latex_numbers in text for step in done.steps)
    assert "ctex" not in text and "ctex" in explain.tex(done, title="异或")
