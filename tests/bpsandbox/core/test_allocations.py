"""A step allocates no arrays: its memory beside small Python objects does not grow with the batch or the network.

Views of existing arrays are such objects, some thousand bytes a step. NumPy's ufuncs have buffers of configurable size,
set to the minimum so that they are not mistaken for arrays.
"""

from __future__ import annotations

import copy
import inspect
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bpsandbox.core import ACTIVATIONS, OPTIMIZERS, Experiment, Linear, Part, Plan
from bpsandbox.core.optim.clipping import Clipping
from bpsandbox.core.optim.optimizers import SGD
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.core.optim.schedules import CosineAnnealingLR, ExponentialLR, LinearLR, OneCycleLR, PolynomialLR
from bpsandbox.core.train.session import Session
from bpsandbox.core.train.stack import Stack

from .every import CASES, OUTPUTS, Case, experiment_of, in_single_precision, missing, tanh
from .test_gradcheck import BY_CLASSES, LOSSES

BATCH, LARGE = 16, 112
ARRAY = 2 * (LARGE - BATCH) * 4
"""Bytes by which one float32 a row and seed grows from one batch size to the other."""
STEPS = 5


@pytest.fixture(autouse=True)
def _no_buffers():
    kept = np.setbufsize(16)
    with np.errstate(all="ignore"):
        yield
    np.setbufsize(kept)


def peak(step: Callable[[], None]) -> int:
    """Return the peak bytes of a step beyond the baseline, after warm-up; the median of several steps."""
    for _ in range(STEPS):
        step()
    tracemalloc.start()
    step()
    peaks = sorted(_one_peak(step) for _ in range(STEPS))
    tracemalloc.stop()
    return peaks[STEPS // 2]


def _one_peak(step: Callable[[], None]) -> int:
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    step()
    return tracemalloc.get_traced_memory()[1] - before


def peak_of_training(experiment: Experiment) -> int:
    """Return the peak for epochs of two batches and a shorter one."""
    stack = Stack(experiment)

    def epoch() -> None:
        stack.batches.begin_epoch()
        assert stack.train(0, stack.batches.count) == stack.batches.count

    return peak(epoch)


def of_batch(experiment: Callable[[int], Experiment], batch: int) -> Experiment:
    plan, optimizer = Plan(epochs=99, batch_size=batch), SGD(lr=1e-4, momentum=0.9)
    return replace(experiment(2 * batch + batch // 2), plan=plan, optimizer=optimizer)


def growth_with_batch(experiment: Callable[[int], Experiment]) -> int:
    small, large = (peak_of_training(of_batch(experiment, batch)) for batch in (BATCH, LARGE))
    return large - small


def test_every_layer_has_a_case():
    assert missing() == set()


@pytest.mark.parametrize("seeds", [(0,), (0, 1)])
@pytest.mark.parametrize("name", CASES)
def test_no_layer_allocates(name, seeds):
    assert growth_with_batch(lambda n: experiment_of(CASES[name], n=n, seeds=seeds)) < ARRAY


@pytest.mark.parametrize("name", ["Linear", "Dropout", "BatchNorm2d", "Conv2d", "LSTM, all"])
def test_nor_in_single_precision(name):
    assert growth_with_batch(lambda n: in_single_precision(experiment_of(CASES[name], n=n))) < ARRAY


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_no_activation_allocates(name):
    make = {"step": lambda: ACTIVATIONS["step"](straight_through=True)}.get(name, ACTIVATIONS[name])
    case = Case(lambda: [Linear(5), make(), Linear(OUTPUTS)], (4,))
    assert growth_with_batch(lambda n: experiment_of(case, n=n)) < ARRAY


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
def test_no_loss_allocates(name, reduction):
    loss = copy.copy(LOSSES[name])
    loss.reduction = reduction

    def judged(n: int) -> Experiment:
        rng = np.random.default_rng(1)
        of_classes = BY_CLASSES.get(type(loss))
        y = rng.normal(size=(n, 3)) if of_classes is None else of_classes(loss, rng.integers(3, size=n))
        end = [ACTIVATIONS["sigmoid"]()] if "BCELoss" in name else []
        case = Case(lambda: [Linear(5), tanh(), Linear(y.shape[1]), *end], (4,))
        return experiment_of(case, n=n, loss=loss, parts={"train": Part(case.inputs(n), y)})

    assert growth_with_batch(judged) < ARRAY


def of_width(width: int, **changes: object) -> Experiment:
    case = Case(lambda: [Linear(width), tanh(), Linear(OUTPUTS)], (4,))
    return experiment_of(case, n=40, **{"plan": Plan(epochs=99, batch_size=16), **changes})


OPTIONS: dict[str, dict[str, object]] = {
    "plain": {},
    "weight decay": {"weight_decay": 0.01},
    "momentum": {"momentum": 0.9, "dampening": 0.1},
    "nesterov": {"momentum": 0.9, "nesterov": True},
    "amsgrad": {"amsgrad": True},
    "centered": {"centered": True, "momentum": 0.5},
}
NARROW, WIDE = 4, 104
TENSOR = 2 * (WIDE - NARROW) * 8


def knows(name: str, option: str) -> bool:
    return OPTIONS[option].keys() <= inspect.signature(OPTIMIZERS[name]).parameters.keys()


@pytest.mark.parametrize(
    ("name", "option"), [(name, option) for name in OPTIMIZERS for option in OPTIONS if knows(name, option)]
)
def test_no_optimiser_allocates(name, option):
    of_its_own = {"max_iter": 3} if name == "LBFGS" else {}
    optimizer = OPTIMIZERS[name](lr=1e-3, **of_its_own, **OPTIONS[option])
    plan = {"plan": Plan(epochs=99)} if name == "LBFGS" else {}
    narrow, wide = (peak_of_training(of_width(width, optimizer=optimizer, **plan)) for width in (NARROW, WIDE))
    assert wide - narrow < TENSOR


RULES = {
    "l1, l2": lambda size: {"penalty": Penalty(l1=0.1, l2=0.1)},
    "clipping": lambda size: {"clipping": Clipping(norm=0.1, value=0.5)},
    "frozen": lambda size: {"trained": np.arange(size) % 2.0},
    "rates": lambda size: {"rates": np.full(size, 1e-3)},
    "rates of each seed": lambda size: {"rates": np.full((4, size), 1e-3)},
}


@pytest.mark.parametrize("name", RULES)
def test_nor_does_what_changes_the_gradient(name):
    narrow, wide = (
        peak_of_training(of_width(width, **RULES[name](of_width(width).network.size))) for width in (NARROW, WIDE)
    )
    assert wide - narrow < TENSOR


SCHEDULES = {
    "CosineAnnealingLR": CosineAnnealingLR(T_max=9),
    "ExponentialLR": ExponentialLR(gamma=0.9),
    "LinearLR": LinearLR(),
    "OneCycleLR": OneCycleLR(max_lr=0.1, total_steps=500),
    "PolynomialLR": PolynomialLR(total_iters=9),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("rule", ["l1, l2", "frozen", "rates", "rates of each seed"])
def test_nor_does_a_rate_that_changes_every_step(name, rule):
    schedule = copy.copy(SCHEDULES[name])
    schedule.per = "step"
    plan = Plan(steps=10**6, batch_size=16, eval_every=10**6)

    def stepping(width: int) -> int:
        changes = RULES[rule](of_width(width).network.size)
        session = Session(of_width(width, schedule=schedule, plan=plan, **changes))
        return peak(lambda: session.advance(1))

    assert stepping(WIDE) - stepping(NARROW) < TENSOR
