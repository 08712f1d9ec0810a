"""A pass replayed from its tape gives the numbers of the layers' own methods."""

from typing import NamedTuple

import numpy as np
import pytest

from bpsandbox.core import ACTIVATIONS, BackpropError, Layer, Linear, MSELoss, Network
from bpsandbox.core.nn import losses
from bpsandbox.core.streams import stream
from bpsandbox.core.tape import workspace
from bpsandbox.core.tape.recording import recorded
from bpsandbox.core.tape.workspace import Workspace, play

from .every import CASES, OUTPUTS, Case, last

NAMES = [name for name in ACTIVATIONS if name != "step"]
CASES_TOO = CASES | {name: Case(lambda name=name: [Linear(4), ACTIVATIONS[name](), last()], (3,)) for name in NAMES}
LOSSES = {
    "MSELoss": losses.MSELoss(),
    "L1Loss": losses.L1Loss(),
    "HuberLoss": losses.HuberLoss(),
    "SmoothL1Loss": losses.SmoothL1Loss(),
    "BCEWithLogitsLoss": losses.BCEWithLogitsLoss(),
    "CrossEntropyLoss": losses.CrossEntropyLoss(),
    "CrossEntropyLoss, weights": losses.CrossEntropyLoss(class_weight=(1.0, 2.0, 0.5), label_smoothing=0.1),
    "MultiClassHingeLoss": losses.MultiClassHingeLoss(),
}


def passes(network, loss, seeds, batches):
    """Return values and gradients of a forward and backward pass over every batch, all through one slot."""
    width = [*network.slots, *network.buffers][-1].stop
    values = np.random.default_rng(1).uniform(0.1, 1.0, size=(seeds, width))
    bound = network.bind(values, [stream(seed, "dropout") for seed in range(seeds)])
    x, y = (np.zeros((seeds, *array.shape[1:])) for array in batches[0])
    tape = Workspace(bound, loss, x.shape[1]).tape(x, y)
    found = []
    for batch in batches:
        x[...], y[...] = batch
        play(tape.forward)
        play(tape.backward)
        found.append((bound.gradient.copy(), bound.values.copy()))
    return found, tape


def batches_for(case, seeds):
    rng = np.random.default_rng(2)
    classes = rng.integers(OUTPUTS, size=(2, seeds, 6))
    inputs = [np.stack([case.inputs(6, seed + 10 * i) for seed in range(seeds)]) for i in range(2)]
    return [(x, np.eye(OUTPUTS)[rows]) for x, rows in zip(inputs, classes, strict=True)]


def assert_tape_is_right(case, loss, seeds, monkeypatch):
    played, tape = passes(case.network(), loss, seeds, batches_for(case, seeds))
    monkeypatch.setattr(workspace, "recorded", lambda function, arrays, *_, **__: [(function, arrays)])
    called, _ = passes(case.network(), loss, seeds, batches_for(case, seeds))
    for (gradient, values), (wanted, values_wanted) in zip(played, called, strict=True):
        np.testing.assert_allclose(gradient, wanted, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(values, values_wanted, rtol=1e-13)
        assert np.any(gradient)
    return tape


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("name", CASES_TOO)
def test_every_layer_is_played_as_it_is_written(name, seeds, monkeypatch):
    tape = assert_tape_is_right(CASES_TOO[name], MSELoss(), seeds, monkeypatch)
    methods = {function for function, _ in [*tape.forward, *tape.backward] if is_of_a_layer(function)}
    whole = {method.__self__.name for method in methods if method.__name__ != "update_running_stats"}
    assert whole <= {"Dropout", "Embedding"}, "draws, and words that are checked to be in the vocabulary"


def is_of_a_layer(function):
    return isinstance(getattr(function, "__self__", None), Layer)


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_is_played_as_it_is_written(name, seeds, monkeypatch):
    tape = assert_tape_is_right(CASES["Linear"], LOSSES[name], seeds, monkeypatch)
    assert not [f for f, _ in [*tape.forward, *tape.backward] if isinstance(getattr(f, "__self__", None), losses.Loss)]


class Lecture(Layer):
    """A straightforward layer: stores state on itself, and allocates arrays in each call."""

    def forward(self, x, y):
        self.x = x
        self.e = np.exp(-x)
        y[...] = 1.0 / (1.0 + self.e)

    def backward(self, x, y, dy, dx):
        slope = self.e / (1.0 + self.e) ** 2
        dx[:] = dy * slope


class Counting(Lecture):
    """A layer whose calls depend on the number of calls so far."""

    times = 0

    def forward(self, x, y):
        self.times += 1
        super().forward(x, y)


class Looking(Lecture):
    """A layer whose calls depend on values."""

    def forward(self, x, y):
        super().forward(x * 2.0 if float(x[0, 0, 0]) > 0 else x, y)


class Picking(Lecture):
    """A layer that copies some numbers out, unobserved by NumPy's hooks."""

    def forward(self, x, y):
        super().forward(x, y)
        y[x > 0] = 1.0


class Sorting(Lecture):
    """A layer that uses an array method that NumPy's hooks do not observe."""

    def forward(self, x, y):
        super().forward(x, y)
        y.sort()


class Stacking(Lecture):
    """A layer that stacks several arrays into a new one."""

    def forward(self, x, y):
        super().forward(np.stack([x, 2.0 * x]).max(axis=0), y)


class LeavingBehind(Lecture):
    """A layer that converts its inputs into its own arrays."""

    def forward(self, x, y):
        super().forward(np.asarray(x), y)


class Drawing(Lecture):
    """A layer that stores state in a mapping, and sums by array methods."""

    def forward(self, x, y):
        super().forward(x, y)
        self.kept = {"sum": x.sum(axis=-1, keepdims=True), "shape": np.shape(x)}
        y += self.kept["sum"] / self.kept["shape"][-1]


class Kept(NamedTuple):
    sum: np.ndarray
    scale: float


class Naming(Lecture):
    """A layer that stores state in a named tuple, and has another within a list."""

    def forward(self, x, y):
        super().forward(x, y)
        self.kept = [Kept(x.sum(axis=-1, keepdims=True) * 3.0, 0.1), ()]
        y += self.kept[0].sum * self.kept[0].scale


class OwnRoom(Lecture):
    """A layer that accumulates in its own array."""

    def forward(self, x, y):
        t = np.zeros(y.shape)
        t += x
        super().forward(t, y)


class Unnamed(Lecture):
    """A layer that passes the output array by position."""

    def forward(self, x, y):
        super().forward(x, y)
        np.clip(y, 0.3, 0.6, y)


class Flat(Lecture):
    """A layer that writes through an attribute of an array."""

    def forward(self, x, y):
        super().forward(x, y)
        y.flat = y.ravel() * 2.0


class Swapping(Lecture):
    """A layer that alternates between two arrays."""

    def forward(self, x, y):
        if not hasattr(self, "a"):
            self.a, self.b = np.ones(y.shape), np.full(y.shape, 2.0)
        self.a, self.b = self.b, self.a
        super().forward(x * self.a, y)


class Growing(Lecture):
    """A layer that multiplies by its number of calls, counted on its class."""

    k = np.int64(0)

    def forward(self, x, y):
        self.k += 1
        super().forward(x * float(self.k), y)


@pytest.mark.parametrize(
    "kind",
    [Lecture, Counting, Looking, Picking, Sorting, Stacking, LeavingBehind, Drawing, Naming, OwnRoom, Unnamed, Flat],
)
def test_a_layer_written_without_care_is_played_right_all_the_same(kind, monkeypatch):
    case = Case(lambda: [Linear(4), kind(), last()], (3,))
    assert_tape_is_right(case, MSELoss(), 2, monkeypatch)


@pytest.mark.parametrize("kind", [Swapping, Growing])
def test_a_layer_that_changes_itself_is_called_as_it_is(kind):
    layer, (x, y) = kind(), np.ones((2, 3, 4))
    for _ in range(2):
        ((function, _),) = recorded(layer.forward, (x, y))
        assert function == layer.forward


@pytest.mark.parametrize("method", ["forward", "backward"])
def test_a_layer_that_writes_to_what_is_not_its_own_is_told(method):
    class Greedy(Lecture):
        def forward(self, x, y):
            super().forward(x, y)
            if method == "forward":
                x *= 2.0

        def backward(self, x, y, dy, dx):
            super().backward(x, y, dy, dx)
            dy[...] = 0.0

    network = Network([Linear(4), Greedy(), last()], (3,)).bind(np.ones((1, 31)))
    with pytest.raises(BackpropError, match="writes to an array that is not its own"):
        Workspace(network, MSELoss(), 2).tape(np.ones((1, 2, 3)), np.ones((1, 2, OUTPUTS)))


def test_numbers_become_arrays_of_the_runs_kind():
    class Halving(Layer):
        def forward(self, x, y):
            np.multiply(x, 0.5, out=y)

    x = np.ones((2, 2), np.float32)
    ((function, arguments),) = recorded(Halving().forward, (x, np.empty_like(x)))
    assert function is np.multiply
    assert [argument.dtype for argument in arguments] == [np.float32] * 3
    assert not any(type(argument) is not np.ndarray for argument in arguments)


def test_an_evaluation_is_done_by_recording_it():
    network = Network([Linear(2)], (2,)).bind(np.ones((1, 6)))
    space = Workspace(network, MSELoss(), 3, backward=False)
    space.tape(np.ones((1, 3, 2)), np.zeros((1, 3, 2)))
    np.testing.assert_array_equal(space.outputs[-1], np.full((1, 3, 2), 3.0))
    assert space.value == [9.0]


class Undeclared(Lecture):
    """A layer with undeclared randomness."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def forward(self, x, y):
        super().forward(x, y)
        y *= self.rng.random(y.shape[-1])


class Logging(Lecture):
    """A layer that counts its calls in a list, changed in place."""

    def __init__(self):
        self.log = []

    def forward(self, x, y):
        self.log.append(1)
        super().forward(x * float(len(self.log)), y)


class Remembering(Lecture):
    """A layer that adds part of the state of an earlier call."""

    def __init__(self):
        self.mean = np.zeros(4)

    def forward(self, x, y):
        self.mean = 0.9 * self.mean + np.add.reduce(x, axis=-2)
        super().forward(x + self.mean[..., np.newaxis, :], y)


@pytest.mark.parametrize("kind", [Undeclared, Logging, Remembering])
def test_a_layer_whose_calls_differ_from_one_time_to_the_next_is_called_as_it_is(kind):
    layer = kind()
    bound = Network([Linear(4), layer, last()], (3,)).bind(np.ones((1, 31)))
    tape = Workspace(bound, MSELoss(), 2).tape(np.ones((1, 2, 3)), np.ones((1, 2, OUTPUTS)))
    called = [function.__name__ for function, _ in [*tape.forward, *tape.backward] if is_of_a_layer(function)]
    assert called == ["forward", "backward"]


class Backward(Lecture):
    """A layer whose backward cannot be recorded, but needs state of forward."""

    def backward(self, x, y, dy, dx):
        super().backward(x, y, dy, dx)
        dx[np.isnan(dy)] = 0.0


def test_both_methods_are_called_where_one_cannot_be_recorded():
    bound = Network([Linear(4), Backward(), last()], (3,)).bind(np.ones((1, 31)))
    tape = Workspace(bound, MSELoss(), 2).tape(np.ones((1, 2, 3)), np.ones((1, 2, OUTPUTS)))
    called = [function.__name__ for function, _ in [*tape.forward, *tape.backward] if is_of_a_layer(function)]
    assert called == ["forward", "backward"]


def test_tapes_of_one_workspace_share_the_arrays_that_layers_make():
    bound = Network([Linear(4), Lecture(), ACTIVATIONS["gelu"](), last()], (3,)).bind(np.ones((1, 31)))
    space = Workspace(bound, MSELoss(), 2)
    x, y = np.ones((1, 2, 3)), np.ones((1, 2, OUTPUTS))
    space.tape(x, y)
    made = set(space.temporaries.all)
    for _ in range(8):
        space.tape(x.copy(), y)
    assert made
    assert space.temporaries.all == made


class Plain(Layer):
    """Plainly written matrix products and sums."""

    def forward(self, x, y):
        np.matmul(x, np.swapaxes(x, -1, -2), out=y)
        self.columns = np.add.reduce(x, axis=-2)
        self.rows = np.add.reduce(x, axis=-1)
        self.kept = np.add.reduce(x, axis=-1, keepdims=True)


@pytest.mark.parametrize(("shape", "is_stack", "product"), [((3, 3), False, np.dot), ((2, 3, 3), True, np.matmul)])
def test_products_and_sums_of_matrices_are_played_as_what_blas_does_fastest(shape, is_stack, product):
    layer, x = Plain(), np.random.default_rng(0).normal(size=shape)
    calls = recorded(layer.forward, (x, np.empty(shape)), is_stack=is_stack)
    assert [function for function, _ in calls] == [product, product, product, np.add.reduce]
    for function, arrays in calls:
        function(*arrays)
    np.testing.assert_allclose(layer.columns, x.sum(axis=-2), rtol=1e-14)
    np.testing.assert_allclose(layer.rows, layer.kept[..., 0], rtol=1e-13)


def test_a_sum_over_a_row_for_each_seed_is_no_product():
    x = np.ones((2, 3))
    calls = recorded(Plain().forward, (x, np.empty((2, 2))), is_stack=True)
    assert [function for function, _ in calls] == [np.dot, np.add.reduce, np.add.reduce, np.add.reduce]
