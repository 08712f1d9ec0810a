"""Count the work of a run: passes, updates, evaluations, records and checks."""

from __future__ import annotations

from bpsandbox.core.data.batches import BLOCK_BYTES, BLOCK_SLOTS, ROWS_AHEAD
from bpsandbox.core.train.evaluation import CHUNK
from bpsandbox.core.train.observers import histograms
from bpsandbox.core.train.observers.activations import EXAMPLES
from bpsandbox.core.train.observers.decision_boundary import GRID
from bpsandbox.core.train.observers.signals import ROWS, sample_steps

from .passes import Passes, passes, update
from .sizes import Sizes
from .tally import Tally

LBFGS_MOVE, LBFGS_PAIR = 40, 8
"""NumPy calls of one LBFGS iteration of one seed, and per stored pair in it."""
METRIC_CALLS = {"roc_auc": 20, "r2": 14, "rmse": 4, "mae": 3, "accuracy": 3}
BY_CLASS = ("precision", "recall", "f1")
RETRIED = 1.3
"""Ratio of passes of a gradient check to the minimum: some elements are checked again."""


def work_of(size: Sizes) -> Tally:
    """Return the work of a run that ends at its full length."""
    played = passes(size.config, size.facts, size.seeds, size.like)
    whole = Tally({"start": 1, "example": size.facts.n, "value": size.recorded_weights})
    whole.add(training(size, played))
    whole.add(measured(size, played), size.points + 1)
    whole.add({"point": size.points, "value": size.stored_points})
    whole.add(orders(size))
    whole.add(records(size))
    return whole.add(checks(size))


def training(size: Sizes, played: Passes) -> Tally:
    """Return the work of all steps, including recording their tapes."""
    rest = size.n % size.batch
    whole_steps = size.steps * (size.n // size.batch) / size.steps_an_epoch
    total, tape = Tally(), played.training.of(size.batch)
    total.add(of_step(tape), whole_steps * size.evaluations)
    if rest:
        total.add(of_step(played.training.of(rest)), size.steps - whole_steps)
    total.add(update(size.config, size.seeds, size.parameters), size.steps * size.evaluations)
    total.add(lbfgs(size), size.steps)
    return total.add({"record": tape.get("record", 0.0) * (slots(size) + bool(rest))})


def of_step(tape: Tally) -> Tally:
    step = Tally(tape)
    step.pop("record", None)
    step["step"] = 1
    return step


def slots(size: Sizes) -> int:
    """Return the number of batches that have their own arrays, and so their own tape."""
    count = size.steps_an_epoch
    if count == 1:
        return 1
    whole = size.n // size.batch * ahead(size)
    row = (size.facts.size + size.outputs) * (4 if size.config["dtype"] == "float32" else 8)
    return max(1, min(whole, BLOCK_SLOTS, BLOCK_BYTES // (size.seeds * size.batch * row)))


def ahead(size: Sizes) -> int:
    """Return the number of epochs whose order is drawn at once."""
    if not size.config["training"]["shuffle"] or size.n % size.batch:
        return 1
    return max(1, min(BLOCK_SLOTS // size.steps_an_epoch, ROWS_AHEAD // size.n))


def orders(size: Sizes) -> Tally:
    """Return the work of shuffling and gathering batches."""
    if size.steps_an_epoch == 1:
        return Tally()
    rows = size.epochs * size.seeds * size.n
    bits = size.config["dtype"][-2:]
    gathers = size.epochs * (2 + 2 * size.steps_an_epoch / slots(size))
    return Tally(
        {
            "epoch": size.epochs * size.seeds / ahead(size),
            "shuffle": rows,
            "loop": 2 * rows,
            f"cheap{bits}": rows * (size.facts.size + size.outputs),
            "eager": 2 * gathers,
        }
    )


def lbfgs(size: Sizes) -> Tally:
    """Return the work of LBFGS besides its passes."""
    optimizer = size.config["optimizer"]
    if optimizer["type"] != "LBFGS":
        return Tally()
    most, moves = optimizer["history_size"], size.steps * optimizer["max_iter"]
    pairs = moves / 2 if moves <= most else most - most * most / 2 / moves
    calls = optimizer["max_iter"] * (LBFGS_MOVE + LBFGS_PAIR * pairs) * size.seeds
    return Tally({"eager": calls, "cheap" + size.config["dtype"][-2:]: calls * size.parameters})


def measured(size: Sizes, played: Passes) -> Tally:
    """Return the work of one evaluation of all parts."""
    total = Tally()
    for rows in size.parts:
        total.add(played.measuring.of(CHUNK), rows // CHUNK)
        if rows % CHUNK:
            total.add(played.measuring.of(rows % CHUNK))
        total.add(metrics(size, rows))
    return total


def metrics(size: Sizes, rows: int) -> Tally:
    total, bits = Tally(), size.config["dtype"][-2:]
    classes = 1 if size.facts.classes == 2 else size.facts.classes
    if size.config["metrics"]:
        kept = size.seeds * rows * size.outputs
        total.add({"eager": 10, f"cheap{bits}": 6 * kept, "loop": size.seeds * rows})
    for name in size.config["metrics"]:
        calls = 8 * classes if name in BY_CLASS else METRIC_CALLS.get(name, 0)
        total.add({"eager": calls, f"cheap{bits}": calls * size.seeds * rows})
        if name == "roc_auc":
            total.add({"eager": 20 * size.seeds, "slow64": 4 * size.seeds * rows})
    return total


def records(size: Sizes) -> Tally:
    """Return the work of the records."""
    total, record, bits = Tally(), size.config["record"], size.config["dtype"][-2:]
    if "gradients" in record:
        numbers = 2 * size.seeds * size.parameters
        total.add({"eager": 8 * len(size.layers), f"cheap{bits}": numbers, "step": 4}, size.points)
    total.add(samples(size))
    if "lr_range" in record or "activations" in record or "decision_boundary" in record or size.salient:
        total.add(of_one_seed(size))
    total.add({"value": size.snapshot_numbers + size.histogram_numbers})
    if "histograms" in record:
        total.add({"eager": 60 * size.histogram_numbers / histograms.BINS})
    return total


def of_one_seed(size: Sizes) -> Tally:
    """Return the work of the records of one seed that take passes of their own."""
    total, record = Tally(), size.config["record"]
    alone = passes(size.config, size.facts, 1, size.like)
    if "lr_range" in record:
        tape = alone.training.of(size.batch)
        total.add({"record": tape.get("record", 0.0) * slots(size)})
        total.add(of_step(tape).add(update(size.config, 1, size.parameters)), record["lr_range"]["steps"])
    if "activations" in record:
        rows = min(EXAMPLES, size.n)
        total.add(alone.measuring.of(rows), size.points)
        total.add({"eager": 40 * len(size.layers), "cheap64": 12 * rows * size.width}, size.points)
    if size.salient:
        total.add(alone.measuring.of(size.facts.size), size.salient / size.facts.size)
    pictures = len(record.get("decision_boundary", ()))
    total.add(alone.measuring.of(GRID * GRID), pictures)
    return total.add({"value": 4 * GRID * GRID, "point": 4}, pictures)


def samples(size: Sizes) -> Tally:
    """Return the work of the samples of gradients and outputs that every run takes."""
    count, layers = len(sample_steps(size.steps)), len(size.layers)
    numbers = size.seeds * min(ROWS, size.batch) * size.width
    return Tally({"eager": 8 * layers * count, "cheap64": 3 * numbers * count})


def checks(size: Sizes) -> Tally:
    """Return the work of the gradient check and of the overfit check."""
    total = Tally()
    checks, rows, tried = size.gradient_check
    double = {**size.config, "dtype": "float64"}
    if checks:
        tape = passes(double, size.facts, 1, size.like).training.of(rows)
        total.add({"record": tape.get("record", 0.0)}, checks)
        one = of_step(tape).times(0.5).add({"eager": 8 + 2 * len(size.layers)})
        total.add(one, checks * 2 * tried * RETRIED)
    if size.overfit["steps"]:
        tape = passes(size.config, size.facts, 1, size.like).training.of(min(size.overfit["n_samples"], size.n))
        total.add({"record": tape.get("record", 0.0)})
        adam = {**size.config, "optimizer": {"type": "Adam"}, "regularization": {"l1": 0.0, "l2": 0.0}}
        adam.pop("gradient_clipping", None)
        total.add(of_step(tape).add(update(adam, 1, size.parameters)), size.overfit["steps"])
    return total
