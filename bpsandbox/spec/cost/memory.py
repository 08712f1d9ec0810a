"""Bytes that a run adds to a process that has the engine loaded."""

from __future__ import annotations

import math
from typing import Any

from bpsandbox import core
from bpsandbox.core.train.evaluation import CHUNK
from bpsandbox.core.train.observers.decision_boundary import GRID

from .passes import passes
from .seconds import slots
from .sizes import Sizes

BASE = 40_000
"""Of the smallest run there is."""
OBJECT, POINT, CALL, CELL = 32, 500, 540, 90
"""Bytes of a number in a list of Python's, a recorded point, a call on a tape, a place in a picture of the plane."""
EQUATIONS = 12
"""Arrays in double precision that the equations of a worked example hold for each parameter."""
BYTES = {"d": 8, "b": 1, "i": 8}


def memory_bytes(size: Sizes) -> int:
    number = 4 if size.config["dtype"] == "float32" else 8
    total = float(BASE + data(size, number))
    total += size.seeds * size.parameters * number * held(size)
    total += arrays(size, size.batch, number, 2) + arrays(size, size.n % size.batch, number, 2)
    total += batches(size, number)
    total += 2 * sum(evaluation(size, rows, number) for rows in size.parts)
    total += tapes(size) + worked_example(size, number)
    return int(total + written(size))


def worked_example(size: Sizes, number: int) -> float:
    """Of the captured step: one seed's network, optimiser and passes again, and the arrays of its equations."""
    if "worked_example" not in size.config["record"]:
        return 0.0
    passes_again = 4 * arrays(size, size.batch, number, 2) / size.seeds
    return passes_again + size.parameters * (number * (8 + 2 * held(size)) + 8 * EQUATIONS)


def tapes(size: Sizes) -> float:
    """Of training, and of the check of the gradient, which has one of its own."""
    tape = passes(size.config, size.facts, size.seeds).training.of(size.batch)
    checks, rows, _ = size.checked
    check = arrays(size, rows, 8, 2) / size.seeds + 3 * 8 * size.parameters if checks else 0
    tiny = bool(size.tiny["steps"])
    return CALL * tape.get("record", 0.0) * (slots(size) + bool(size.n % size.batch) + bool(checks) + tiny) + check


def written(size: Sizes) -> int:
    """What is kept for the document."""
    pictures = len(size.config["record"].get("decision_boundary", ()))
    return (
        OBJECT * (size.stored_points * 2 + size.kept + size.tiny["steps"])
        + POINT * size.points
        + CELL * GRID * GRID * pictures
    )


def data(size: Sizes, number: int) -> int:
    """The set as it was made, in doubles, as it was scaled and told in targets, and its parts."""
    row = size.facts.size + size.outputs
    return size.facts.n * (size.facts.size * 24 + size.outputs * 16 + row * number)


def batches(size: Sizes, number: int) -> int:
    if size.steps_an_epoch == 1:
        return 0
    row = (size.facts.size + size.outputs) * number + 8
    return size.seeds * (size.batch * slots(size) + size.n % size.batch) * row + 8 * size.seeds * size.n


def held(size: Sizes) -> float:
    """Numbers held for every parameter: itself and its gradient, what the optimiser keeps, scratch, copies."""
    optimizer = size.config["optimizer"]
    if optimizer["type"] == "LBFGS":
        return 12 + 2 * float(optimizer["history_size"])
    made = make_optimizer(optimizer)
    return 2 + len(made.memory) + made.scratches + 2


def make_optimizer(block: dict[str, Any]) -> core.Optimizer:
    from bpsandbox.spec.build.table import make

    made: core.Optimizer = make(core.OPTIMIZERS, block)
    return made


def evaluation(size: Sizes, rows: int, number: int) -> int:
    kept = size.seeds * rows * size.outputs * number if size.config["metrics"] else 0
    if rows <= CHUNK:
        return kept + arrays(size, rows, number, 1)
    return kept + arrays(size, CHUNK, number, 1) + arrays(size, rows % CHUNK, number, 1)


def arrays(size: Sizes, n: int, number: int, directions: int) -> int:
    """Bytes of outputs, their gradients and scratch for n rows."""
    if not n:
        return 0
    total = 0
    for layer, shape in size.given:
        if not layer.is_view:
            total += n * math.prod(layer.output_shape(shape)) * directions * number
        total += sum(math.prod(one) * BYTES.get(kind, number) for one, kind in layer.scratch_shapes(n, shape))
    return size.seeds * total
