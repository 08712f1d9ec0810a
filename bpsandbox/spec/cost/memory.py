"""Estimate the bytes that a run adds to a process in which the engine is loaded."""

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
"""Bytes of the smallest run."""
OBJECT, POINT, CALL, CELL = 32, 500, 540, 90
"""Bytes of a number in a Python list, of a recorded point, of a call on a tape, of a cell of a decision boundary."""
EQUATIONS = 12
"""Arrays in double precision per parameter in the equations of a worked example."""
BYTES = {"d": 8, "b": 1, "i": 8}


def memory_bytes(size: Sizes) -> int:
    number = 4 if size.config["dtype"] == "float32" else 8
    total = float(BASE + data(size, number))
    total += size.seeds * size.parameters * number * held(size)
    total += arrays(size, size.batch, number, 2) + arrays(size, size.n % size.batch, number, 2)
    total += temporaries(size)
    total += batches(size, number)
    total += 2 * sum(evaluation(size, rows, number) for rows in size.parts)
    total += tapes(size) + worked_example(size, number)
    return int(total + written(size))


def temporaries(size: Sizes) -> float:
    """Return the bytes of the arrays that layers make on the way, for training and for every part's evaluation."""
    played = passes(size.config, size.facts, size.seeds, size.like)
    measuring = sum(played.measuring.temporary_bytes(min(rows, CHUNK)) for rows in size.parts)
    return played.training.temporary_bytes(size.batch) + measuring


def worked_example(size: Sizes, number: int) -> float:
    """Return the bytes of a captured step: network, optimizer, passes of one seed, and the arrays of its equations."""
    if "worked_example" not in size.config["record"]:
        return 0.0
    passes_again = 4 * arrays(size, size.batch, number, 2) / size.seeds
    return passes_again + size.parameters * (number * (8 + 2 * held(size)) + 8 * EQUATIONS)


def tapes(size: Sizes) -> float:
    """Return the bytes of the workspaces of training and of the gradient check."""
    tape = passes(size.config, size.facts, size.seeds, size.like).training.of(size.batch)
    checks, rows, _ = size.gradient_check
    check = arrays(size, rows, 8, 2) / size.seeds + 3 * 8 * size.parameters if checks else 0
    tiny = bool(size.overfit["steps"])
    return CALL * tape.get("record", 0.0) * (slots(size) + bool(size.n % size.batch) + bool(checks) + tiny) + check


def written(size: Sizes) -> int:
    """Return the bytes of everything that is recorded for the document."""
    pictures = len(size.config["record"].get("decision_boundary", ()))
    return (
        OBJECT
        * (
            size.stored_points * 2
            + size.recorded_weights
            + size.snapshot_numbers
            + size.histogram_numbers
            + size.overfit["steps"]
        )
        + POINT * size.points
        + CELL * GRID * GRID * pictures
    )


def data(size: Sizes, number: int) -> int:
    """Return the bytes of the data: as generated, scaled, as targets, and split into parts."""
    row = size.facts.size + size.outputs
    return size.facts.n * (size.facts.size * 24 + size.outputs * 16 + row * number)


def batches(size: Sizes, number: int) -> int:
    if size.steps_an_epoch == 1:
        return 0
    row = (size.facts.size + size.outputs) * number + 8
    return size.seeds * (size.batch * slots(size) + size.n % size.batch) * row + 8 * size.seeds * size.n


def held(size: Sizes) -> float:
    """Return the number of arrays per parameter: values, gradients, optimizer state, scratch and copies."""
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
    """Return the bytes of outputs, their gradients and scratch for n rows."""
    if not n:
        return 0
    total = 0
    for layer, shape in size.layers:
        if not layer.is_view:
            total += n * math.prod(layer.output_shape(shape)) * directions * number
        total += sum(math.prod(one) * BYTES.get(kind, number) for one, kind in layer.scratch_shapes(n, shape))
    return size.seeds * total
