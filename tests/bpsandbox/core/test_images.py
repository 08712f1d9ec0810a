"""Convolution and pooling against loops over single numbers, and derivatives against central differences."""

import tracemalloc

import numpy as np
import pytest

from bpsandbox.core import ACTIVATIONS, GradientCheck, Linear, MSELoss, Network, ShapeMismatch
from bpsandbox.core.gradcheck import Differences, check_gradient
from bpsandbox.core.nn.layers import AvgPool2d, Conv2d, Flatten, LayerNorm, MaxPool2d, Reshape, conv2d
from bpsandbox.core.nn.losses import CrossEntropyLoss
from bpsandbox.core.optim.optimizers import SGD
from bpsandbox.core.tape.workspace import Workspace, play

from .differences import numeric_gradient

CONVOLUTIONS = {
    "plain": {"kernel_size": 3},
    "one number a window": {"kernel_size": 1},
    "uneven kernel": {"kernel_size": (3, 2), "bias": False},
    "padding": {"kernel_size": 3, "padding": 1},
    "uneven padding": {"kernel_size": (2, 3), "padding": (0, 2)},
    "more padding than kernel": {"kernel_size": 1, "padding": (2, 1), "stride": (3, 2)},
    "stride": {"kernel_size": 2, "stride": 2},
    "uneven stride, rest": {"kernel_size": (2, 1), "stride": (3, 2), "padding": (1, 0)},
    "dilation": {"kernel_size": 2, "dilation": (2, 3)},
    "all at once": {"kernel_size": (2, 3), "stride": (2, 1), "padding": (2, 1), "dilation": (3, 1)},
    "same": {"kernel_size": 3, "padding": "same", "dilation": 2},
    "same, even kernel": {"kernel_size": (2, 4), "padding": "same"},
}
POOLS = {
    "plain": {"kernel_size": 2},
    "uneven": {"kernel_size": (3, 1)},
    "overlap": {"kernel_size": 3, "stride": (1, 2)},
    "gaps": {"kernel_size": (1, 2), "stride": 3},
    "padding": {"kernel_size": 3, "padding": 1},
    "uneven padding, overlap": {"kernel_size": (2, 3), "stride": 1, "padding": (1, 0)},
}
SHAPE = (2, 6, 7)


def pairs(layer):
    """Return sizes along both axes: kernel, stride, dilation, padding before."""
    before = layer.before if isinstance(layer, Conv2d) else layer.padding
    dilation = layer.dilation if isinstance(layer, Conv2d) else (1, 1)
    return zip(layer.kernel, layer.stride, dilation, before, strict=True)


def window(layer, image, y, x):
    """Return {(i, j): number} of the window of output (y, x) in one channel; padding is omitted."""
    (kh, s, d, p), (kw, t, e, q) = pairs(layer)
    places = {(i, j): (y * s + i * d - p, x * t + j * e - q) for i in range(kh) for j in range(kw)}
    height, width = image.shape
    return {k: image[r, c] for k, (r, c) in places.items() if 0 <= r < height and 0 <= c < width}


def by_loops(layer, images, number):
    """Return `number(windows of all channels, output channel)` for every output of every image."""
    shape = layer.output_shape(images.shape[1:])
    y = np.empty((len(images), *shape))
    for n, o, r, c in np.ndindex(y.shape):
        y[n, o, r, c] = number([window(layer, channel, r, c) for channel in images[n]], o)
    return y


def outputs_of(layers, x, seeds=1, dtype=float):
    """Run forward and backward twice; return outputs and network."""
    network = Network(layers, x.shape[2:])
    values = np.random.default_rng(2).normal(size=(seeds, network.size)).astype(dtype)
    network = network.bind(values)
    workspace = Workspace(network, MSELoss(), x.shape[1])
    y = np.random.default_rng(3).normal(size=(len(x), x.shape[1], *network.shapes[-1])).astype(dtype)
    tape = workspace.tape(x.astype(dtype), y)
    for _ in range(2):
        play(tape.forward)
        play(tape.backward)
    return workspace.outputs[-1], network


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution_is_the_sum_of_its_formula(name):
    x = np.random.default_rng(1).normal(size=(3, *SHAPE))
    layer = Conv2d(4, **CONVOLUTIONS[name])
    z, network = outputs_of([layer], x[np.newaxis])
    values = {slot.parameter: slot.view(network.theta)[0] for slot in network.slots}
    weight, bias = values["weight"], values.get("bias", np.zeros(4))

    def number(windows, o):
        return bias[o] + sum(weight[(o, c, *k)] * v for c, seen in enumerate(windows) for k, v in seen.items())

    np.testing.assert_allclose(z[0], by_loops(layer, x, number), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", POOLS)
def test_pools_are_the_greatest_number_and_the_mean_of_each_window(name):
    x = np.random.default_rng(1).normal(size=(3, *SHAPE)) - 4.0
    layer = MaxPool2d(**POOLS[name])
    greatest, _ = outputs_of([layer], x[np.newaxis])
    np.testing.assert_array_equal(greatest[0], by_loops(layer, x, lambda seen, c: max(seen[c].values())))
    layer = AvgPool2d(**POOLS[name])
    mean, _ = outputs_of([layer], x[np.newaxis])
    size = np.prod(layer.kernel)
    np.testing.assert_allclose(mean[0], by_loops(layer, x, lambda seen, c: sum(seen[c].values()) / size), rtol=1e-13)


def layers_for(kind, name):
    return Conv2d(3, **CONVOLUTIONS[name]) if kind is Conv2d else kind(**POOLS[name])


EVERY = [(Conv2d, name) for name in CONVOLUTIONS] + [(kind, name) for kind in (MaxPool2d, AvgPool2d) for name in POOLS]


@pytest.mark.parametrize(("kind", "name"), EVERY)
@pytest.mark.parametrize("rows", [1, 1 << 17])
def test_backward_is_the_derivative_of_forward(kind, name, rows, monkeypatch):
    monkeypatch.setattr(conv2d, "COLUMNS", rows)  # one row of windows at a time, or all
    rng = np.random.default_rng(4)
    network = Network([Conv2d(2, 1), layers_for(kind, name)], SHAPE)
    network = network.bind(rng.normal(size=(1, network.size)))
    x, y = rng.normal(size=(1, 2, *SHAPE)), rng.normal(size=(1, 2, *network.shapes[-1]))
    workspace = Workspace(network, MSELoss(), 2)
    tape = workspace.tape(x, y)

    def objective(_at):
        play(tape.forward)
        return float(workspace.value[0])

    play(tape.forward)
    play(tape.backward)
    analytic = network.gradient.copy()
    np.testing.assert_allclose(analytic, numeric_gradient(objective, network.theta), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [Conv2d(4, 3, padding=1), tanh(), MaxPool2d(2), Conv2d(3, 2), AvgPool2d(2), Flatten(), Linear(2)],
        lambda: [Conv2d(3, 3, stride=2, padding=1), Flatten(), Linear(2)],
        lambda: [MaxPool2d(3, stride=2, padding=1), Conv2d(2, 2, bias=False), AvgPool2d(2, stride=1)],
        lambda: [
            Conv2d(3, 2),
            LayerNorm(eps=0.1),
            Conv2d(2, 2),
            LayerNorm(normalized_shape=(4, 5), eps=0.1),
            Flatten(),
            Linear(2),
        ],
        lambda: [Conv2d(3, 2), LayerNorm(normalized_shape=(3, 5, 6)), Conv2d(1, 2, dilation=2)],
        lambda: [Flatten(), Linear(24), Reshape((2, 3, -1)), Conv2d(3, 2), Reshape((6, -1)), Linear(2), Flatten()],
        lambda: [Conv2d(3, 2), Reshape((15, 6)), tanh(), Reshape((3, 5, 6)), MaxPool2d(2)],
    ],
)
def test_every_mixture_with_other_layers_is_good(layers):
    rng = np.random.default_rng(5)
    network = Network(layers(), SHAPE)
    x, y = rng.normal(size=(5, *SHAPE)), rng.normal(size=(5, *network.shapes[-1]))
    differences = Differences(network.bind(rng.normal(size=(1, network.size))), MSELoss(), x, y)
    assert check_gradient(differences, GradientCheck())["band"] == "good"


def test_of_equal_numbers_the_first_gets_the_derivative():
    x = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 2.0], [0.0, 2.0, 2.0]])
    np.testing.assert_array_equal(share_of_maximum(x, 2, stride=1), [[1, 0, 0], [0, 0, 2], [0, 1, 0]])
    np.testing.assert_array_equal(share_of_maximum(np.zeros((4, 4)), 2), np.tile([[1, 0], [0, 0]], (2, 2)))


def share_of_maximum(x, *sizes, **more):
    """Return dL/dx of L = the sum of a max-pool's outputs."""
    layer = MaxPool2d(*sizes, **more)
    x = x[np.newaxis, np.newaxis]
    y, dx = np.empty((1, *layer.output_shape(x.shape[1:]))), np.empty_like(x)
    kinds = {"f": float, "b": bool}
    room = [np.zeros(shape, kinds[kind]) for shape, kind in layer.scratch_shapes(1, x.shape[1:])]
    layer.forward(x, y, *room)
    layer.backward(x, y, np.ones_like(y), dx, *room)
    return dx[0, 0]


def test_a_kink_of_the_maximum_is_skipped_by_the_gradient_check():
    network = Network([Conv2d(1, 1, bias=False), MaxPool2d((1, 2))], (2, 1, 2)).bind(np.array([[1.0, 1.0]]))
    x = np.array([[[[1.0, 0.0]], [[0.0, 1.0]]]])
    check = check_gradient(Differences(network, MSELoss(), x, np.zeros((1, 1, 1, 1))), GradientCheck())
    assert (check["tensors"][0]["checked"], check["tensors"][0]["skipped"]) == (0, 2)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("is_shared", [True, False])
def test_a_stack_gives_the_bits_of_single_seeds(dtype, is_shared):
    layers = [
        Conv2d(5, 3, padding=1),
        relu(),
        MaxPool2d(2, padding=1),
        Conv2d(4, 2),
        AvgPool2d(2),
        Flatten(),
        Linear(3),
    ]
    x = np.random.default_rng(6).normal(size=(1 if is_shared else 3, 9, *SHAPE))
    together, network = outputs_of(layers, np.broadcast_to(x, (3, *x.shape[1:])), 3, dtype)
    y = np.random.default_rng(3).normal(size=(3, 9, 3)).astype(dtype)
    tape = Workspace(network, MSELoss(), 9).tape(x.astype(dtype), y)
    play(tape.forward)
    play(tape.backward)
    for seed in range(3):
        alone = Network(layers, SHAPE).bind(network.values[seed : seed + 1].copy())
        workspace = Workspace(alone, MSELoss(), 9)
        tape = workspace.tape(x[[seed if len(x) > 1 else 0]].astype(dtype), y[seed : seed + 1])
        play(tape.forward)
        play(tape.backward)
        assert alone.gradient.dtype == dtype
        np.testing.assert_array_equal(workspace.outputs[-1][0], together[seed])
        np.testing.assert_array_equal(alone.gradient[0], network.gradient[seed])


def test_few_rows_of_windows_at_a_time_give_what_all_give(monkeypatch):
    x = np.random.default_rng(7).normal(size=(2, 5, *SHAPE))
    layers = [Conv2d(4, 3, padding=1), Conv2d(3, 2)]
    z, network = outputs_of(layers, x, 2)
    monkeypatch.setattr(conv2d, "COLUMNS", 2000)
    few, with_few = outputs_of(layers, x, 2)
    np.testing.assert_allclose(few, z, rtol=1e-13)
    np.testing.assert_allclose(with_few.gradient, network.gradient, rtol=1e-11)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (Conv2d(4, 3), (64,), r"Conv2d takes images \(channels, height, width\), not samples of shape \(64,\)"),
        (MaxPool2d(2), (5, 4), r"MaxPool2d takes images \(channels, height, width\), not samples of shape \(5, 4\)"),
        (
            Conv2d(4, 3, dilation=2, padding=1),
            (1, 2, 8),
            r"Conv2d takes images of at least 5 by 5 including padding, not samples of shape \(1, 2, 8\)",
        ),
        (
            AvgPool2d((2, 9)),
            (1, 8, 8),
            r"AvgPool2d takes images of at least 2 by 9 .*, not samples of shape \(1, 8, 8\)",
        ),
        (MaxPool2d(2, padding=(0, 2)), (1, 8, 8), r"MaxPool2d takes padding of at most half the kernel size"),
    ],
)
def test_what_has_no_windows_is_refused(layer, shape, message):
    with pytest.raises(ShapeMismatch, match=message):
        layer.output_shape(shape)


def test_shapes_and_work_of_the_digits_network():
    assert [*digits().shapes] == [
        (1, 8, 8),
        (8, 8, 8),
        (8, 8, 8),
        (8, 4, 4),
        (16, 4, 4),
        (16, 4, 4),
        (16, 2, 2),
        (64,),
        (10,),
    ]
    assert [layer.multiply_adds(shape) for layer, shape in zip(digits().layers, digits().shapes, strict=False)] == [
        *(8 * 64 * 9, 0, 0, 16 * 16 * 72, 0, 0, 0, 640)
    ]


def test_a_step_of_the_digits_network_allocates_nothing_that_stays():
    rng = np.random.default_rng(8)
    network = digits()
    network = network.bind(rng.normal(size=(2, network.size)) * 0.2)
    tape = Workspace(network, CrossEntropyLoss(), 32).tape(
        rng.normal(size=(2, 32, 1, 8, 8)), np.broadcast_to(np.eye(10)[rng.integers(0, 10, 32)], (2, 32, 10))
    )
    optimizer = SGD(lr=0.05)
    optimizer.bind(network.theta, network.gradient)
    optimizer.rate = np.asarray(0.05)
    step(tape, optimizer)
    tracemalloc.start()
    step(tape, optimizer)
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    for _ in range(20):
        step(tape, optimizer)
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 2_000
    assert peak - before < 200_000  # NumPy allocates temporary buffers for strided operands


def step(tape, optimizer):
    play(tape.forward)
    play(tape.backward)
    optimizer.step()


def digits():
    first = [Conv2d(8, 3, padding=1), relu(), MaxPool2d(2), Conv2d(16, 3, padding=1), relu(), MaxPool2d(2)]
    return Network([*first, Flatten(), Linear(10)], (1, 8, 8))


def relu():
    return ACTIVATIONS["relu"]()


def tanh():
    return ACTIVATIONS["tanh"]()
