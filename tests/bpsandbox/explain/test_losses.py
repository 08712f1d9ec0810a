"""How losses are written: the formula stands only where it gives the stored number."""

import math

import pytest

from bpsandbox.explain.losses import Case, written_loss, written_slope


def test_squares_of_one_and_of_several_outputs():
    assert written_loss(Case("MSELoss", [0.7], [1.0], 0.09)).numbers == r"\left(1 - 0.7\right)^2 = 0.09"
    two = written_loss(Case("MSELoss", [0.5, 1.0], [1.0, 0.0], 0.625))
    assert two.symbols == r"L = \frac{1}{2} \sum_k (y_k - \hat{y}_k)^2"


def test_a_factor_of_the_config_is_written():
    case = Case("MSELoss", [0.7], [1.0], 0.045)
    assert written_loss(case).symbols == r"L = 0.5 \cdot (y - \hat{y})^2"
    assert written_slope(case, [-0.3], "z").symbols == r"0.5 \cdot 2(\hat{y} - y)"


def test_a_negative_output_stands_in_brackets():
    assert written_loss(Case("MSELoss", [-1.0], [1.0], 4.0)).numbers == r"\left(1 - \left(-1\right)\right)^2 = 4"


def test_a_number_that_no_formula_gives_stands_alone():
    assert written_loss(Case("MSELoss", [0.7], [0.7], 3.0)).symbols == r"L = \mathrm{MSE}(\hat{y}, y)"
    assert written_slope(Case("MSELoss", [0.7, 0.1], [1.0, 0.0], 1.0), [9.0, 1.0], "z").symbols == ""


def test_cross_entropy_starts_from_logits():
    z, t = [1.0, 2.0, 0.5], [0.0, 1.0, 0.0]
    total = sum(math.exp(v) for v in z)
    case = Case("CrossEntropyLoss", z, t, math.log(total) - 2.0)
    assert written_loss(case).symbols == r"L = -\sum_k t_k \log \mathrm{softmax}(\hat{y})_k"
    slope = written_slope(case, [math.exp(v) / total - k for v, k in zip(z, t, strict=True)], "z^{[2]}")
    assert slope.symbols == r"\mathrm{softmax}(z^{[2]}) - t"
    assert slope.numbers.startswith(r"\mathrm{softmax}\left(\begin{bmatrix} 1 \\ 2 \\ 0.5 \end{bmatrix}\right) - ")


@pytest.mark.parametrize("z", [-700.0, -2.0, 0.0, 3.0, 700.0])
def test_binary_cross_entropy_from_logits(z):
    sigmoid = 1 / (1 + math.exp(-z)) if z > -500 else math.exp(z)
    loss = max(z, 0.0) + math.log1p(math.exp(-abs(z))) - z
    case = Case("BCEWithLogitsLoss", [z], [1.0], loss)
    assert written_loss(case).symbols == r"L = \log(1 + e^{\hat{y}}) - y \hat{y}"
    assert written_slope(case, [sigmoid - 1.0], "z").symbols == r"\left(\sigma(z) - y\right)"


def test_binary_cross_entropy_of_a_certain_answer_is_finite():
    assert written_loss(Case("BCELoss", [1.0], [0.0], 100.0)).numbers.endswith("= 100")


@pytest.mark.parametrize("kind", ["HuberLoss", "SmoothL1Loss", "HingeLoss", "MultiClassHingeLoss"])
def test_other_losses_are_named(kind):
    assert written_loss(Case(kind, [0.7], [1.0], 0.5)).numbers == "0.5"
    assert written_slope(Case(kind, [0.7], [1.0], 0.5), [0.25], "z").numbers == "0.25"
