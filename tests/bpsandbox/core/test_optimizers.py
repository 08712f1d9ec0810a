"""Optimisers against PyTorch's formulas, computed number by number."""

import math
import weakref

import numpy as np
import pytest

from bpsandbox.core import OPTIMIZERS
from bpsandbox.core.optim.optimizers import base

STEPS = 7


def gradient(w, t):
    """Return a synthetic gradient that changes sign and size."""
    return 0.7 * w + math.sin(1.3 * t + w)


def sgd(w, lr=0.1, momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0):
    v = None
    for t in range(1, STEPS + 1):
        g = gradient(w, t) + weight_decay * w
        if momentum:
            v = g if v is None else momentum * v + (1 - dampening) * g
            g = g + momentum * v if nesterov else v
        w = w - lr * g
    return w


def adam(w, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False, decoupled=False):
    m = v = top = 0.0
    for t in range(1, STEPS + 1):
        g = gradient(w, t)
        if decoupled:
            w = w * (1 - lr * weight_decay)
        else:
            g += weight_decay * w
        m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
        top = max(top, v)
        size = math.sqrt(top if amsgrad else v) / math.sqrt(1 - betas[1] ** t) + eps
        w = w - lr / (1 - betas[0] ** t) * m / size
    return w


def adamw(w, **fields):
    return adam(w, decoupled=True, **{"weight_decay": 1e-2, **fields})


def rmsprop(w, lr=0.1, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False):
    v = mean = velocity = 0.0
    for t in range(1, STEPS + 1):
        g = gradient(w, t) + weight_decay * w
        v = alpha * v + (1 - alpha) * g * g
        mean = mean + (1 - alpha) * (g - mean)
        size = math.sqrt(v - mean * mean if centered else v) + eps
        velocity = momentum * velocity + g / size
        w = w - lr * velocity if momentum else w - lr * g / size
    return w


def adagrad(w, lr=0.1, lr_decay=0.0, eps=1e-10, weight_decay=0.0, initial_accumulator_value=0.0):
    v = initial_accumulator_value
    for t in range(1, STEPS + 1):
        g = gradient(w, t) + weight_decay * w
        v += g * g
        w = w - lr / (1 + (t - 1) * lr_decay) * g / (math.sqrt(v) + eps)
    return w


def adadelta(w, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
    v = u = 0.0
    for t in range(1, STEPS + 1):
        g = gradient(w, t) + weight_decay * w
        v = rho * v + (1 - rho) * g * g
        d = math.sqrt(u + eps) / math.sqrt(v + eps) * g
        u = rho * u + (1 - rho) * d * d
        w = w - lr * d
    return w


def nadam(w, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
    m, v, product = 0.0, 0.0, 1.0
    for t in range(1, STEPS + 1):
        g = gradient(w, t) + weight_decay * w
        m, v = betas[0] * m + (1 - betas[0]) * g, betas[1] * v + (1 - betas[1]) * g * g
        mu = betas[0] * (1 - 0.5 * 0.96 ** (t * momentum_decay))
        ahead = betas[0] * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
        product *= mu
        size = math.sqrt(v / (1 - betas[1] ** t)) + eps
        w = w - lr * (1 - mu) / (1 - product) * g / size
        w = w - lr * ahead / (1 - product * ahead) * m / size
    return w


def adamax(w, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    m = u = 0.0
    for t in range(1, STEPS + 1):
        g = gradient(w, t) + weight_decay * w
        m, u = betas[0] * m + (1 - betas[0]) * g, max(betas[1] * u, abs(g) + eps)
        w = w - lr / (1 - betas[0] ** t) * m / u
    return w


def lion(w, lr=0.01, betas=(0.9, 0.99), weight_decay=0.0):
    m = 0.0
    for t in range(1, STEPS + 1):
        g = gradient(w, t)
        w = w * (1 - lr * weight_decay)
        w = w - lr * math.copysign(1.0, betas[0] * m + (1 - betas[0]) * g)
        m = betas[1] * m + (1 - betas[1]) * g
    return w


def keras_sgd(w, t_rate, momentum=0.0, nesterov=False, weight_decay=0.0):
    v = 0.0
    for t in range(1, STEPS + 1):
        lr, g = t_rate(t), gradient(w, t)
        w = w - lr * weight_decay * w
        v = momentum * v - lr * g
        w = w + momentum * v - lr * g if nesterov else w + v
    return w


def keras_adam(w, t_rate, betas=(0.9, 0.999), eps=1e-7, weight_decay=0.0, amsgrad=False):
    m = v = top = 0.0
    for t in range(1, STEPS + 1):
        lr, g = t_rate(t), gradient(w, t)
        w = w - lr * weight_decay * w
        alpha = lr * math.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
        m, v = m + (g - m) * (1 - betas[0]), v + (g * g - v) * (1 - betas[1])
        top = max(top, v)
        w = w - m * alpha / (math.sqrt(top if amsgrad else v) + eps)
    return w


def keras_nadam(w, t_rate, betas=(0.9, 0.999), eps=1e-7):
    m = v = 0.0
    product = 1.0
    for t in range(1, STEPS + 1):
        lr, g = t_rate(t), gradient(w, t)
        now, ahead = (betas[0] * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product *= now
        m, v = m + (g - m) * (1 - betas[0]), v + (g * g - v) * (1 - betas[1])
        m_hat = ahead * m / (1 - product * ahead) + (1 - now) * g / (1 - product)
        w = w - m_hat * lr / (math.sqrt(v / (1 - betas[1] ** t)) + eps)
    return w


def keras_adamax(w, t_rate, betas=(0.9, 0.999), eps=1e-7, weight_decay=0.0):
    m = u = 0.0
    for t in range(1, STEPS + 1):
        lr, g = t_rate(t), gradient(w, t)
        w = w - lr * weight_decay * w
        m, u = m + (g - m) * (1 - betas[0]), max(betas[1] * u, abs(g))
        w = w - lr * m / ((1 - betas[0] ** t) * (u + eps))
    return w


def keras_rmsprop(w, t_rate, rho=0.9, eps=1e-7, momentum=0.0, centered=False, weight_decay=0.0):
    v = mean = velocity = 0.0
    for t in range(1, STEPS + 1):
        lr, g = t_rate(t), gradient(w, t)
        w = w - lr * weight_decay * w
        v, mean = rho * v + (1 - rho) * g * g, rho * mean + (1 - rho) * g
        increment = lr * g / math.sqrt((v - mean * mean if centered else v) + eps)
        velocity = momentum * velocity + increment
        w = w - velocity
    return w


def keras_adagrad(w, t_rate, eps=1e-7, weight_decay=0.0):
    v = 0.1
    for t in range(1, STEPS + 1):
        lr, g = t_rate(t), gradient(w, t)
        w = w - lr * weight_decay * w
        v += g * g
        w = w - lr * g / math.sqrt(v + eps)
    return w


def keras_adadelta(w, t_rate, rho=0.95, eps=1e-7, weight_decay=0.0):
    v = u = 0.0
    for t in range(1, STEPS + 1):
        lr, g = t_rate(t), gradient(w, t)
        w = w - lr * weight_decay * w
        v = rho * v + (1 - rho) * g * g
        d = -math.sqrt(u + eps) * g / math.sqrt(v + eps)
        u = rho * u + (1 - rho) * d * d
        w = w + lr * d
    return w


UPDATES, DECOUPLED = {"momentum_form": "updates"}, {"decoupled_weight_decay": True}
INSIDE = {"eps": 1e-7, "eps_place": "inside", **DECOUPLED}
HAT = {"eps": 1e-7, "eps_place": "uncorrected", **DECOUPLED}
KERAS_CASES = [
    ("SGD", keras_sgd, {"momentum": 0.9}, {**UPDATES, **DECOUPLED}),
    ("SGD", keras_sgd, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.2}, {**UPDATES, **DECOUPLED}),
    ("Adam", keras_adam, {"weight_decay": 0.2, "betas": (0.8, 0.9)}, HAT),
    ("Adam", keras_adam, {"amsgrad": True, "betas": (0.5, 0.6)}, HAT),
    ("NAdam", keras_nadam, {}, {"eps": 1e-7, "momentum_decay": 1.0}),
    ("Adamax", keras_adamax, {"weight_decay": 0.2}, {"eps": 1e-7, "eps_place": "outside", **DECOUPLED}),
    ("RMSprop", keras_rmsprop, {"weight_decay": 0.2}, {"alpha": 0.9, **INSIDE}),
    ("RMSprop", keras_rmsprop, {"momentum": 0.8, "centered": True}, {"alpha": 0.9, **UPDATES, **INSIDE}),
    ("Adagrad", keras_adagrad, {"weight_decay": 0.2}, {"initial_accumulator_value": 0.1, **INSIDE}),
    ("Adadelta", keras_adadelta, {"weight_decay": 0.2}, {"rho": 0.95, "eps": 1e-7, **DECOUPLED}),
]


@pytest.mark.parametrize(("name", "formula", "shared", "form"), KERAS_CASES)
def test_an_optimizer_follows_kerass_formula_while_its_rate_changes(name, formula, shared, form):
    def t_rate(t):
        return 0.1 / (1 + t % 3)

    start = np.array([[0.5, -1.5, 2.0], [0.1, 0.9, -0.3]])
    optimizer = OPTIMIZERS[name](0.1, **shared, **form)
    w, g = start.copy(), np.empty_like(start)
    optimizer.bind(w, g)
    for t in range(1, STEPS + 1):
        g[:] = 0.7 * w + np.sin(1.3 * t + w)
        optimizer.rate = t_rate(t)
        optimizer.step()
    expected = [[formula(value, t_rate, **shared) for value in row] for row in start]
    np.testing.assert_allclose(w, expected, rtol=1e-12)


def test_both_forms_of_momentum_part_when_the_rate_changes():
    ends = []
    for form in ("gradients", "updates"):
        optimizer = OPTIMIZERS["SGD"](0.1, momentum=0.9, momentum_form=form)
        w, g = np.ones((1, 1)), np.ones((1, 1))
        optimizer.bind(w, g)
        for rate in (0.1, 0.1, 0.01):
            g[:] = 1.0
            optimizer.rate = rate
            optimizer.step()
        ends.append(float(w[0, 0]))
    assert ends == pytest.approx([1 - 0.1 - 0.19 - 0.0271, 1 - 0.1 - 0.19 - (0.9 * 0.19 + 0.01)])


CASES = [
    ("SGD", sgd, {}),
    ("SGD", sgd, {"weight_decay": 0.3}),
    ("SGD", sgd, {"momentum": 0.9}),
    ("SGD", sgd, {"momentum": 0.9, "dampening": 0.4, "weight_decay": 0.1}),
    ("SGD", sgd, {"momentum": 0.9, "nesterov": True}),
    ("Adam", adam, {}),
    ("Adam", adam, {"weight_decay": 0.2, "betas": (0.8, 0.9)}),
    ("Adam", adam, {"amsgrad": True, "betas": (0.5, 0.6)}),
    ("AdamW", adamw, {}),
    ("AdamW", adamw, {"weight_decay": 0.3}),
    ("RMSprop", rmsprop, {"weight_decay": 0.1}),
    ("RMSprop", rmsprop, {"momentum": 0.8}),
    ("RMSprop", rmsprop, {"centered": True, "alpha": 0.7}),
    ("Adagrad", adagrad, {"lr_decay": 0.2, "weight_decay": 0.1}),
    ("Adagrad", adagrad, {"initial_accumulator_value": 0.5}),
    ("Adadelta", adadelta, {"weight_decay": 0.1}),
    ("NAdam", nadam, {"weight_decay": 0.1}),
    ("Adamax", adamax, {"weight_decay": 0.1}),
    ("Lion", lion, {"weight_decay": 0.1}),
]


@pytest.mark.parametrize(("name", "formula", "fields"), CASES)
def test_an_optimizer_follows_its_formula(name, formula, fields):
    start = np.array([[0.5, -1.5, 2.0], [0.1, 0.9, -0.3]])
    lr = 1.0 if name == "Adadelta" else 0.01 if name == "Lion" else 0.1
    optimizer = OPTIMIZERS[name](lr, **fields)
    w, g = start.copy(), np.empty_like(start)
    optimizer.bind(w, g)
    for t in range(1, STEPS + 1):
        g[:] = 0.7 * w + np.sin(1.3 * t + w)
        optimizer.step()
    expected = [[formula(value, lr=lr, **fields) for value in row] for row in start]
    np.testing.assert_allclose(w, expected, rtol=1e-12)


SIMPLE = [name for name in OPTIMIZERS if name != "LBFGS"]


@pytest.mark.parametrize("name", SIMPLE)
def test_a_seed_that_goes_on_alone_keeps_its_memory(name):
    start = np.array([[0.5, -1.5], [0.1, 0.9]])
    together, alone = OPTIMIZERS[name](0.01), OPTIMIZERS[name](0.01)
    w, one = start.copy(), start[1:].copy()
    g, own = np.empty_like(w), np.empty_like(one)
    together.bind(w, g)
    alone.bind(one, own)
    for t in range(6):
        if t == 3:
            w, g = w[1:].copy(), g[1:].copy()
            together.narrow(np.array([1]), w, g)
        g[:], own[:] = np.cos(w + t), np.cos(one + t)
        together.step()
        alone.step()
    assert w[-1].tolist() == one[0].tolist()


@pytest.mark.parametrize("name", SIMPLE)
def test_seeds_that_leave_take_their_memory_with_them(name):
    w, g = np.zeros((4, base.BLOCK)), np.ones((4, base.BLOCK))
    optimizer = OPTIMIZERS[name](0.01)
    optimizer.bind(w, g)
    optimizer.step()
    kept = [weakref.ref(w), *(weakref.ref(getattr(optimizer, each)) for each in optimizer.memory)]
    w, g = w[1:].copy(), g[1:].copy()
    optimizer.narrow(np.array([1, 2, 3]), w, g)
    assert [ref() for ref in kept] == [None] * len(kept)


@pytest.mark.parametrize(("name", "lr"), [("SGD", 0.01), ("Adam", 1e-3), ("AdamW", 1e-3), ("RMSprop", 0.01),
    ("Adagrad", 0.01), ("Adadelta", 1.0), ("NAdam", 2e-3), ("Adamax", 2e-3), ("Lion", 1e-4),
    ("LBFGS", 1.0)])  # fmt: skip
def test_default_rates(name, lr):
    assert OPTIMIZERS[name]().lr == lr


def test_a_rate_of_zero_holds_its_parameter_whatever_the_optimizer():
    for name in SIMPLE:
        kind = OPTIMIZERS[name]
        w, g = np.array([[1.0, 1.0]]), np.array([[0.3, 0.3]])
        optimizer = kind(0.1)
        optimizer.bind(w, g, np.array([1.0, 0.0]) * 0.1)
        for _ in range(3):
            g[:] = 0.3
            optimizer.step()
        assert w[0, 1] == 1.0, name
        assert w[0, 0] != 1.0, name


@pytest.mark.parametrize("rate", ["one", "by seed", "by parameter"])
@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "LBFGS"])
def test_an_update_block_by_block_is_the_update_of_all(name, rate, monkeypatch):
    rates = {"one": 0.1, "by seed": np.array([[0.1], [0.3]]), "by parameter": np.linspace(0.1, 0.2, 50)}
    ends = []
    for block in (1 << 14, 16):
        monkeypatch.setattr(base, "BLOCK", block)
        rng = np.random.default_rng(0)
        w, g = rng.normal(size=(2, 50)), np.empty((2, 50))
        optimizer = OPTIMIZERS[name](weight_decay=0.1)
        optimizer.bind(w, g, rates[rate])
        for step in range(6):
            if step == 3:
                w, g = w[:1].copy(), g[:1].copy()
                optimizer.narrow(np.array([0]), w, g)
            g[...] = rng.normal(size=(2, 50))[: len(g)]
            optimizer.step()
        assert bool(optimizer.blocks) == (block == 16)
        ends.append(w)
    np.testing.assert_array_equal(*ends)
