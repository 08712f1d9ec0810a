"""Build the observers of a run from the blocks `checks`, `record` and `lr_scheduler`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bpsandbox import core
from bpsandbox.core.data.datasets import Dataset

from .table import Config


def make_observers(config: Config, raw: Dataset, prepare: Callable[[Any], Any]) -> tuple[core.Observer, ...]:
    """Build an observer for every check and record; `prepare` turns samples of `raw` into inputs."""
    return (*_checks(config["checks"]), *_records(config, raw, prepare))


def _checks(block: Config) -> Iterator[core.Observer]:
    if check := block.get("gradient_check"):
        yield core.GradientCheck(check["h"], check["samples_per_tensor"], at=tuple(check["at"]))
    if "overfit_tiny" in block:
        yield core.OverfitTiny(**block["overfit_tiny"])


def _records(config: Config, raw: Dataset, prepare: Callable[[Any], Any]) -> Iterator[core.Observer]:
    block = config["record"]
    if "lr_scheduler" in config:
        yield core.LearningRates()
    yield core.Snapshots((*block.get("decision_boundary", ()), *block.get("weights", ())))
    if "gradients" in block:
        yield core.Gradients()
        yield core.ThroughTime()
    if "histograms" in block:
        yield core.Histograms()
    if "saliency" in block:
        yield core.Saliency()
    if "activations" in block:
        yield core.Activations()
    if "weights" in block:
        yield core.Weights(tuple(block["weights"]))
    if "lr_range" in block:
        yield core.LearningRateRange(**block["lr_range"])
    if "worked_example" in block:
        yield core.Worked(core.WorkedExample(**block["worked_example"]))
    if "decision_boundary" in block and raw.shape == (2,):  # a fitted function is drawn from the snapshots
        yield core.DecisionBoundary(tuple(block["decision_boundary"]), raw, prepare)
