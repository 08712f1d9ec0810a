r"""The parser of printed equations: correct ones agree, and each kind of mistake is found."""

import numpy as np
import pytest

from bpsandbox import explain, spec

from .reading import Reader, Unreadable, judged

W = r"[0.5 & -0.2500 \\ 1.2346 & 2]"
X = r"[1.5000 \\ -2]"


def written(text):
    """Return an equation as LaTeX, with its matrices in brackets."""
    return text.replace("[", r"\begin{bmatrix} ").replace("]", r" \end{bmatrix}")


def is_true(text, dtype="float64"):
    return judged(written(text), dtype).gap == 0.0


@pytest.mark.parametrize(
    "right",
    [
        rf"z = {W} {X} = [1.2500 \\ -2.1481]",
        rf"z = {X}^{{\top}} {W} = [-1.7192 & -4.3750]",
        rf"z = {X} \odot {X} = [2.2500 \\ 4]",
        r"a = \sigma\left(0.3\right) = 0.5744",
        r"a = \tanh\left([0.1 & -2]\right) = [0.09967 & -0.9640]",
        r"y = 2 + \left(-0.5\right)^{2} = 2.25",
        r"y = 3 - \frac{1}{4} \cdot \left(1 - 0.5\right) = 2.875",
        r"L = -\log\left(0.25\right) = 1.3863",
        r"L = \frac{\left(1 - 0.2\right)^{2}}{2} = 0.32",
        r"b = 1 - 0.9^{3} = 0.271",
        r"s = \mathrm{sum}\left([1 & 2 \\ 3 & 4]\right) = 10",
        r"p = \mathrm{softmax}\left([1 & 2]\right) = [0.2689 & 0.7311]",
        r"n = \left\lVert [3 & 4] \right\rVert = 5",
        r"m = \max\left([3 & -4], 0\right) = [3 & 0]",
        r"c = \mathrm{clip}\left([3 & -4], -1, 1\right) = [1 & -1]",
        r"d = \mathbf{1}_{\le 1}\left([3 & -4]\right) = [0 & 1]",
        r"k = [1 & 2] \star [1 & 0 & 3] = [1 & 6]",
        r"f = \left\lfloor \frac{7}{2} \right\rfloor = 3",
        r"v = 2.5 \times 10^{-8} \cdot 4 = 1 \times 10^{-7}",
        r"o = \mathrm{onehot}\left([2 & 0], 3\right)"
        r" = [0 & 0 & 1 \\ 1 & 0 & 0]",
        r"r = \mathrm{reshape}\left([1 & 2 \\ 3 & 4], 1, 4\right)"
        r" = [1 & 2 & 3 & 4]",
        r"q = \mathrm{maxpool}\left(\mathrm{pad}_{-\infty}\left([-1 & -2 \\ -3 & -4], 1\right), 2, 2\right)"
        r" = [-1 & -2 \\ -3 & -4]",
        r"u = \mathrm{unpool}\left(5, [7 & 7 \\ 1 & 2], 2, 2\right)"
        r" = [5 & 0 \\ 0 & 0]",
        r"e = \mathrm{flip}\left(\mathrm{dilate}\left([1 & 2], 2\right)\right)"
        r" = [2 & 0 & 1]",
        r"g = \mathrm{down}\left([1 & 2 & 3], 1, 2\right) = [1 & 3]",
        r"h = \mathrm{diag}\left([1 & 2]\right) = [1 & 0 \\ 0 & 2]",
    ],
)  # fmt: skip
def test_a_right_equation_is_true(right):
    assert is_true(right)


@pytest.mark.parametrize(
    ("mistake", "wrong"),
    [
        ("a wrong sign", rf"z = {W} {X} = [1.2500 \\ 2.1481]"),
        ("minus for plus", r"z = 0.5 - 0.25 = 0.75"),
        ("no transpose", rf"z = {W} {X} = [-1.7192 \\ -4.3750]"),
        ("a transpose too many", rf"z = {W}^{{\top}} {X} = [1.2500 \\ -2.1481]"),
        ("swapped factors",
         r"z = [1 & 2 \\ 3 & 4] [0 & 1 \\ 1 & 0]"
         r" = [3 & 4 \\ 1 & 2]"),
        ("swapped places", rf"z = {W} {X} = [-2.1481 \\ 1.2500]"),
        ("a wrong digit", rf"z = {W} {X} = [1.2500 \\ -2.1491]"),
        ("a wrong last digit of an exact number", r"y = 1 - 0.9^{3} = 0.272"),
        ("no 1/N", r"L = \frac{1}{4} \cdot \left(0.5 + 0.3 + 0.1 + 0.1\right) = 1"),
        ("another power of ten", r"v = 2.5 \times 10^{-8} \cdot 4 = 1 \times 10^{-6}"),
        ("a derivative of another function", r"d = 1 - \tanh\left(0.5\right) = 0.7864"),
        ("a kernel turned around",
         r"k = [1 & 2] \star [1 & 0 & 3] = [2 & 3]"),
        ("a middle side that is wrong", r"y = 1 + 1 = 3 = 2"),
        ("one number missing in a sum",
         r"s = \mathrm{sum}\left([1 & 2 \\ 3 & 4]\right) = 9"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(mistake, wrong):
    assert not is_true(wrong), mistake


@pytest.mark.parametrize(
    "malformed",
    [
        "no equation",
        r"z = [1 & 2",
        r"z = 1 + = 2",
        r"z = \mathrm{unheard}\left(1\right) = 1",
        r"z = \frac{1} = 1",
        r"z = \left(1 + 2 = 3",
        r"z = 1 § 2 = 3",
        r"z = [1 & 2] \odot [1 & 2 & 3] = 1",
        r"z = [1 & 2] [1 & 2] = 5",
        r"z = [1 & 2 \\ 3] = 1",
        r"z = [1 & 2] = [1 \\ 2]",
        r"z = [1 & \cdots & 2] = [1 & \cdots & 2]",
        r"z = x + 1 = 2",
        "",
    ],
)  # fmt: skip
def test_malformed_text_cannot_be_read(malformed):
    with pytest.raises(Unreadable):
        judged(written(malformed))


def test_a_name_with_one_side_says_nothing():
    assert judged(written("x = [1 & 2]")) is None


def test_a_rounded_number_stands_for_every_number_that_rounds_to_it():
    assert is_true(r"y = 2 \cdot 0.3333 = 0.6667")
    assert not is_true(r"y = 2 \cdot 0.3333 = 0.6668")


def test_a_number_with_digits_to_spare_is_exact():
    assert not is_true(r"y = 1000 \cdot 0.333 = 333.1")
    assert is_true(r"y = 1000 \cdot 0.3330 = 333.03")


def test_more_noise_is_allowed_in_single_precision():
    sum_of_large = r"y = 20000.5 - 20000 = 0.5004"
    assert is_true(sum_of_large, "float32")
    assert not is_true(sum_of_large, "float64")
    assert not is_true(r"y = 20000.5 - 20000 = 0.6", "float32")


def test_the_sharpness_says_how_much_an_equation_leaves_open():
    assert judged(r"y = 2 \cdot 0.3333 = 0.6667").sharpness < 1e-3
    assert judged(r"y = 0.3333 - 0.3333 = 2 \times 10^{-5}").sharpness > 1.0


CONFIG = """
dataset: {name: plane, n_samples: 6}
model: {layers: [{type: Linear, out_features: 3, activation: tanh}, LayerNorm, {type: Linear, out_features: 1}]}
loss: MSELoss
training: {steps: 5, batch_size: 3}
optimizer: {type: Adam, lr: 0.05}
regularization: {l2: 0.1}
"""


def spoilt(text):
    """Return the equation with the largest number of its result increased by one percent."""
    head, _last = text.rsplit(" = ", 1)
    *_, result = Reader(text).sides()
    flat = result.centre.reshape(-1)
    flat[np.abs(flat).argmax()] *= 1.01
    rows = np.atleast_2d(result.centre).tolist()
    body = r" \\ ".join(" & ".join(f"{number:.10f}" for number in row) for row in rows)
    return rf"{head} = \begin{{bmatrix}} {body} \end{{bmatrix}}" if len(flat) > 1 else f"{head} = {flat[0]:.10f}"


@pytest.mark.parametrize("sample", [0, 1, 4])
def test_every_equation_of_a_step_is_false_when_one_number_is_a_hundredth_larger(sample):
    steps = explain.worked(spec.parse(CONFIG), sample, 3).steps
    sharp = [step for step in steps if step.numbers and (verdict := judged(step.numbers)) and verdict.sharpness < 5e-3]
    assert len(sharp) >= 30
    assert [step.id for step in sharp if not is_true(step.numbers)] == []
    assert [step.id for step in sharp if is_true(spoilt(step.numbers))] == []
