"""Lion: a step of the learning rate along the sign of a mean gradient."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import minus, named, sign, times
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_

from .adam import FIRST, betas
from .tensor import Tensor, mean_of


def steps(tensor: Tensor) -> Iterator[Step]:
    """c = β1 m + (1 - β1) g, w = w - η sign(c), then m = β2 m + (1 - β2) g"""
    b1, b2 = betas(tensor)
    before, g = tensor.memory_before.m[0], tensor.place.example.capture.clipped
    stored = tensor.matrix((g - before) * (1.0 - tensor.optimizer.betas[0]) + before)  # as the engine: signs agree at 0
    title = N_("Layer {layer}: direction of the {parameter}")
    yield tensor.step("direction", title, tensor.own("c"), mean_of(tensor.was("m", "m"), b1, tensor.g), stored)
    yield tensor.new(minus(tensor.kept, times(tensor.eta, sign(named(tensor.own("c"), stored)))))
    yield tensor.memory_step("m", "m", FIRST, mean_of(tensor.was("m", "m"), b2, tensor.g))
