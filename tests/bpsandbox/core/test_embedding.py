"""The embedding: a look-up, and gradients summed by token."""

import numpy as np
import pytest

from bpsandbox.core import GradientCheck, Linear, MSELoss, Network, ShapeMismatch
from bpsandbox.core.errors import UnknownToken
from bpsandbox.core.gradcheck import Differences, check_gradient
from bpsandbox.core.nn.layers import Embedding, Flatten
from bpsandbox.core.tape.workspace import Workspace, play


def network(values, shape=(4,)):
    return Network([Embedding(5, 3), Flatten(), Linear(2)], shape).bind(values)


def drawn(seeds, dtype="float64"):
    size = Network([Embedding(5, 3), Flatten(), Linear(2)], (4,)).size
    return np.random.default_rng(1).normal(size=(seeds, size)).astype(dtype)


def played(bound, x, y):
    workspace = Workspace(bound, MSELoss(), x.shape[1])
    tape = workspace.tape(x, y)
    play(tape.forward)
    play(tape.backward)
    return workspace


WORDS = np.array([[0.0, 4.0, 4.0, 1.0], [2.0, 0.0, 1.0, 4.0]])


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_every_number_is_replaced_by_its_row(shape):
    bound = network(drawn(1), shape)
    workspace = played(bound, WORDS.reshape(1, 2, *shape), np.zeros((1, 2, 2)))
    np.testing.assert_array_equal(workspace.outputs[0][0], bound.layers[0].W[WORDS.astype(int)])


def test_a_row_gathers_the_gradient_of_all_places_where_it_was_taken():
    bound = network(drawn(1))
    workspace = played(bound, WORDS[np.newaxis], np.zeros((1, 2, 2)))
    dy = workspace.gradients[1][0]
    expected = np.stack([dy[word == WORDS].sum(axis=0) for word in range(5)])
    np.testing.assert_allclose(bound.layers[0].dW, expected, rtol=1e-14)
    np.testing.assert_array_equal(bound.layers[0].dW[3], 0.0)


def test_backward_is_the_derivative_of_forward():
    y = np.random.default_rng(2).normal(size=(2, 2))
    check = check_gradient(Differences(network(drawn(1)), MSELoss(), WORDS, y), GradientCheck())
    assert check["band"] == "good", check


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shared", [True, False])
def test_a_stack_gives_the_bits_of_single_seeds(shared, dtype):
    values = drawn(3, dtype)
    x = np.random.default_rng(3).integers(5, size=(1 if shared else 3, 20, 4)).astype(dtype)
    together = network(values)
    played(together, x, np.ones((1, 20, 2), dtype))
    for seed in range(3):
        alone = network(values[seed : seed + 1].copy())
        played(alone, x[:1] if shared else x[seed : seed + 1], np.ones((1, 20, 2), dtype))
        np.testing.assert_array_equal(alone.gradient[0], together.gradient[seed])
        assert alone.gradient.dtype == dtype


@pytest.mark.parametrize("word", [-1.0, 5.0])
def test_a_number_without_a_row_is_refused(word):
    with pytest.raises(UnknownToken, match=f"^Embedding knows the whole numbers 0 to 4, not {word:.0f}$"):
        played(network(drawn(1)), np.full((1, 2, 4), word), np.zeros((1, 2, 2)))


@pytest.mark.parametrize("shape", [(4, 2), (1, 8, 8)])
def test_samples_that_are_not_sequences_of_single_numbers_are_refused(shape):
    with pytest.raises(ShapeMismatch, match=r"^Embedding takes sequences of whole numbers, not samples of shape"):
        Embedding(5, 3).output_shape(shape)


@pytest.mark.parametrize("word", [1.7, -0.5, np.nan])
def test_what_is_no_whole_number_is_no_word(word):
    network = Network([Embedding(5, 2), Flatten()], (3,)).bind(np.ones((1, 10)))
    x = np.array([[[0.0, word, 4.0]]])
    not_whole = pytest.raises(UnknownToken, match=f"^Embedding knows the whole numbers 0 to 4, not {word}$")
    with np.errstate(all="ignore"), not_whole:
        play(Workspace(network, MSELoss(), 1).tape(x, np.zeros((1, 1, 6))).forward)
