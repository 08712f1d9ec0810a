"""Image operations: each against its definition, and its notation."""

import numpy as np
import pytest

from bpsandbox.explain.working.algebra import named
from bpsandbox.explain.working.pieces import subscripted
from bpsandbox.explain.working.windows import dilated, every, flipped, greatest, padded, sent_to_greatest, star

X = named("X", np.arange(1.0, 13.0).reshape(3, 4))
K = named("K", [[1.0, -2.0], [0.5, 3.0]])


def test_a_correlation_lays_the_kernel_over_every_place_without_turning_it():
    x, k = X.value, K.value
    expected = [[sum(k[i, j] * x[u + i, v + j] for i in (0, 1) for j in (0, 1)) for v in range(3)] for u in range(2)]
    assert np.array_equal(star(K, X).value, expected)
    assert star(K, X).symbols == r"K \star X"


def test_one_number_is_a_kernel_of_one_row_and_column():
    half = named("K", [[-0.5]])
    assert np.array_equal(star(half, X).value, -0.5 * X.value)
    assert star(half, X).numbers.startswith(r"\left(-0.5\right) \star ")


def test_negative_padding_cuts_rows_and_columns_off():
    term = padded(X, 1, -1, 0, -2)
    assert term.value.tolist() == [[0, 0], [1, 2], [5, 6]]
    assert term.symbols == r"\mathrm{pad}\left(X, 1, -1, 0, -2\right)"
    assert padded(X, 1, 1, 1, 1).symbols == r"\mathrm{pad}\left(X, 1\right)"
    assert padded(X, 0, 0, 0, 0) is X


def test_numbers_are_moved_apart_and_taken_out_again():
    apart = dilated(X, (2, 3))
    assert apart.value.shape == (5, 10) and apart.value.sum() == X.value.sum()
    assert np.array_equal(every(apart, (2, 3)).value, X.value)
    assert every(apart, (2, 3)).symbols == r"\mathrm{down}\left(\mathrm{dilate}\left(X, 2, 3\right), 2, 3\right)"


def test_a_kernel_is_turned_around_in_both_directions():
    assert flipped(K).value.tolist() == [[3.0, 0.5], [-2.0, 1.0]]


def test_the_first_of_equal_numbers_gets_what_comes_back_and_shares_add_up():
    x = named("X", [[1.0, 5.0, 5.0], [5.0, 0.0, 5.0]])
    assert greatest(x, (2, 2), (1, 1)).value.tolist() == [[5.0, 5.0]]
    back = sent_to_greatest(named("D", [[0.25, 4.0]]), x, (2, 2), (1, 1))
    assert back.value.tolist() == [[0.0, 4.25, 0.0], [0.0, 0.0, 0.0]]
    assert back.symbols == r"\mathrm{unpool}\left(D, X, 2, 1\right)"


@pytest.mark.parametrize(("name", "expected"), [
    ("x", "x_{0}"), ("z^{[1]}", "z^{[1]}_{0}"), (r"\hat{y}", r"\hat{y}_{0}"),
    (r"\frac{\partial L}{\partial a^{[1]}}", r"\frac{\partial L}{\partial a^{[1]}_{0}}"),
    (r"\frac{\partial L_{3}}{\partial a^{[1]}}\Big|_{[2]}", r"\frac{\partial L_{3}}{\partial a^{[1]}_{0}}\Big|_{[2]}"),
])  # fmt: skip
def test_a_channel_is_a_subscript_of_the_name_and_in_a_derivative_of_what_it_is_taken_by(name, expected):
    assert subscripted(name, (0,)) == expected
