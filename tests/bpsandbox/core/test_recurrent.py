"""Recurrent layers: against a reference of loops over numbers, and derivatives against central differences."""

import tracemalloc
from itertools import product
from math import exp, tanh

import numpy as np
import pytest

from bpsandbox.core import Linear, MSELoss, Network, ShapeMismatch
from bpsandbox.core.nn.layers import GRU, LSTM, RNN
from bpsandbox.core.tape.workspace import Workspace, play
from tests.full import some

from .differences import numeric_gradient

N, T, D, H = 3, 7, 2, 3
KINDS = {
    "RNN": RNN,
    "RNN, relu": lambda size, **fields: RNN(size, nonlinearity="relu", **fields),
    "LSTM": LSTM,
    "GRU": GRU,
    "GRU, reset before": lambda size, **fields: GRU(size, reset_after=False, **fields),
}


class Bound:
    """A layer for one seed with random parameters, its input, and the buffers of the workspace."""

    def __init__(self, layer, seed=3):
        rng = np.random.default_rng(seed)
        self.layer, shape = layer, (T, D)
        shapes = layer.parameter_shapes(shape)
        self.values = {name: rng.normal(scale=0.7, size=shape) for name, shape in shapes.items()}
        self.gradients = {name: np.full_like(value, np.nan) for name, value in self.values.items()}
        layer.attach(self.values, self.gradients)
        self.x = rng.normal(size=(N, *shape))
        self.y = np.empty((N, *layer.output_shape(shape)))
        self.dy = rng.normal(size=self.y.shape)
        self.scratch = [np.full(shape, np.nan) for shape, _ in layer.scratch_shapes(N, shape)]

    def forward(self):
        self.layer.forward(self.x, self.y, *self.scratch)
        return self.y

    def backward(self):
        self.forward()
        dx = np.empty_like(self.x)
        self.layer.backward(self.x, self.y, self.dy, dx, *self.scratch)
        return {"x": dx, **self.gradients}


def sigmoid(a):
    return 1.0 / (1.0 + exp(-a))


def dot(row, vector):
    return sum(w * v for w, v in zip(row, vector, strict=True))


class Plain:
    """One step of each kind, number by number: `step` returns the state after x from the previous state."""

    def __init__(self, layer, values):
        self.layer, self.W_ih, self.W_hh = layer, values["weight_ih"], values["weight_hh"]
        self.b = values.get("bias_ih", np.zeros(len(self.W_ih)))
        self.step = getattr(self, layer.name.lower())

    def start(self):
        return np.zeros(H), np.zeros(H)

    def of_x(self, gate, j, x):
        return dot(self.W_ih[gate * H + j], x) + self.b[gate * H + j]

    def of_h(self, gate, j, h):
        return dot(self.W_hh[gate * H + j], h)

    def both(self, gate, j, x, h):
        return self.of_x(gate, j, x) + self.of_h(gate, j, h)

    def rnn(self, x, h, c):
        f = tanh if self.layer.nonlinearity == "tanh" else lambda a: max(a, 0.0)
        return np.array([f(self.both(0, j, x, h)) for j in range(H)]), c

    def lstm(self, x, h, c):
        new_h, new_c = np.empty(H), np.empty(H)
        for j in range(H):
            i, f, o = (sigmoid(self.both(gate, j, x, h)) for gate in (0, 1, 3))
            new_c[j] = f * c[j] + i * tanh(self.both(2, j, x, h))
            new_h[j] = o * tanh(new_c[j])
        return new_h, new_c

    def gru(self, x, h, c):
        r, z = (np.array([sigmoid(self.both(gate, j, x, h)) for j in range(H)]) for gate in (0, 1))
        kept = [r[j] * self.of_h(2, j, h) if self.layer.reset_after else self.of_h(2, j, r * h) for j in range(H)]
        n = np.array([tanh(self.of_x(2, j, x) + kept[j]) for j in range(H)])
        return (1.0 - z) * n + z * h, c

    def states(self, x, starts=None):
        """Return every (h, c) of one sample; a step with a state in `starts` begins with that one."""
        states, state = [], self.start()
        for k, x_k in enumerate(x):
            state = self.step(x_k, *(starts or {}).get(k, state))
            states.append(state)
        return states


@pytest.mark.parametrize("returns", ["last", "all"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_forward_is_the_formula_number_by_number(kind, bias, returns):
    bound = Bound(KINDS[kind](H, returns=returns, bias=bias))
    plain = Plain(bound.layer, bound.values)
    expected = np.array([[h for h, _ in plain.states(x)] for x in bound.x])
    expected = expected if returns == "all" else expected[:, -1]
    np.testing.assert_allclose(bound.forward(), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("returns", ["last", "all"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_backward_is_the_derivative_of_forward(kind, bias, returns):
    bound = Bound(KINDS[kind](H, returns=returns, bias=bias))
    found = bound.backward()
    for name, array in {"x": bound.x, **bound.values}.items():
        expected = numeric_gradient(lambda _at: float((bound.forward() * bound.dy).sum()), array)
        np.testing.assert_allclose(found[name], expected, rtol=1e-7, atol=1e-8, err_msg=name)


SEGMENTS = [*product(KINDS, (1, 3, T - 1), ("last", "all"))]
FEW = [each for each in SEGMENTS if each[0] == "RNN" or each[1] == 3]


@pytest.mark.parametrize(("kind", "truncate", "returns"), some(SEGMENTS, kept=FEW))
def test_truncated_it_is_the_derivative_with_the_state_fixed_before_every_segment(kind, truncate, returns):
    bound = Bound(KINDS[kind](H, returns=returns, truncate=truncate))
    found = bound.backward()
    cuts = [k for k in range(1, T) if (T - k) % truncate == 0]
    plain = Plain(bound.layer, bound.values)
    fixed = [{k: states[k - 1] for k in cuts} for states in map(plain.states, bound.x)]

    def objective(_at):
        hs = np.array([[h for h, _ in plain.states(x, starts)] for x, starts in zip(bound.x, fixed, strict=True)])
        return float(((hs if returns == "all" else hs[:, -1]) * bound.dy).sum())

    for name, array in {"x": bound.x, **bound.values}.items():
        expected = numeric_gradient(objective, array)
        np.testing.assert_allclose(found[name], expected, rtol=1e-7, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_at_the_length_or_later_nothing_is_cut(kind):
    whole, long = (Bound(KINDS[kind](H, returns="all", truncate=k)).backward() for k in (None, T))
    for name, gradient in whole.items():
        np.testing.assert_array_equal(gradient, long[name], err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
def test_with_the_last_state_returned_the_loss_reaches_the_last_k_steps(kind):
    dx = Bound(KINDS[kind](H, truncate=3)).backward()["x"]
    np.testing.assert_array_equal(dx[:, : T - 3], 0.0)
    assert (dx[:, T - 3 :] != 0.0).any(axis=(0, 2)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_by_the_state_of_every_step_can_be_read_after_backward(kind):
    bound = Bound(KINDS[kind](H))
    bound.backward()
    dh = bound.layer.through_time(*bound.scratch)
    plain = Plain(bound.layer, bound.values)
    np.testing.assert_array_equal(dh[-1], bound.dy)
    for k in (1, 4):
        h, c = plain.states(bound.x[0])[k - 1]
        expected = numeric_gradient(
            lambda at, k=k, c=c: float(plain.states(bound.x[0], {k: (at, c)})[-1][0] @ bound.dy[0]), h.copy()
        )
        np.testing.assert_allclose(dh[k - 1, 0], expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("t", [1, 4])
@pytest.mark.parametrize(("d", "size"), some([(1, 1), (2, 1), (1, 3), (3, 17)], every=3))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_stack_gives_the_bits_of_single_seeds_of_any_size(kind, dtype, d, size, t, n):
    rng = np.random.default_rng(5)
    network = Network([KINDS[kind](size, returns="all"), KINDS[kind](size, truncate=2), Linear(1)], (t, d))
    values = rng.normal(size=(3, network.size)).astype(dtype)
    x, y = rng.normal(size=(1, n, t, d)).astype(dtype), rng.normal(size=(1, n, 1)).astype(dtype)
    together, _ = step(network.bind(values), x, y)
    for seed in range(3):
        alone, _ = step(network.bind(values[seed : seed + 1].copy()), x, y)
        assert together.dtype == dtype
        np.testing.assert_array_equal(alone[0], together[seed])


def step(network, x, y):
    workspace = Workspace(network, MSELoss(), x.shape[1])
    tape = workspace.tape(x, y)
    play(tape.forward)
    play(tape.backward)
    return network.gradient, tape


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_makes_no_arrays(kind):
    rng = np.random.default_rng(6)
    network = Network([KINDS[kind](64, returns="all"), KINDS[kind](64), Linear(1)], (3, 2))
    _, tape = step(network.bind(rng.normal(size=(2, network.size))), rng.random((2, 500, 3, 2)), np.ones((2, 500, 1)))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    play(tape.forward)
    play(tape.backward)
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 2_000
    assert peak - before < 250_000  # NumPy's buffers of 8,192 numbers per operand; one state of one seed has 32,000


def test_parameters_have_pytorch_s_names_order_and_shapes():
    assert list(LSTM(5).parameter_shapes((7, 2)).items()) == [
        ("weight_ih", (20, 2)),
        ("weight_hh", (20, 5)),
        ("bias_ih", (20,)),
    ]
    assert GRU(5, bias=False).parameter_shapes((7, 2)) == {"weight_ih": (15, 2), "weight_hh": (15, 5)}


def test_work_is_counted_for_every_step_and_gate():
    assert LSTM(5).multiply_adds((7, 2)) == 7 * 4 * 5 * (2 + 5)


@pytest.mark.parametrize("kind", KINDS)
def test_samples_that_are_not_sequences_are_refused(kind):
    layer = KINDS[kind](4)
    with pytest.raises(ShapeMismatch, match=rf"^{layer.name} takes sequences of rows of numbers, not samples of shape"):
        layer.output_shape((6,))
    assert layer.output_shape((6, 2)) == (4,)
    assert KINDS[kind](4, returns="all").output_shape((6, 2)) == (6, 4)
