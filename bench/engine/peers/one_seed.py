"""The same workload with its first seed alone."""

from __future__ import annotations

from bench.engine.timing import Round, ours
from bench.engine.works import of_one_seed
from bpsandbox.core import Experiment


def trains(experiment: Experiment) -> Round:
    return ours(of_one_seed(experiment))
