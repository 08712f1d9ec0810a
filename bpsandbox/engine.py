"""The engine's interface for the child: takes the text of a spec, yields reports. Imports are deferred until needed."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

LOADED = ("bpsandbox.core", "bpsandbox.spec", "bpsandbox.document", "bpsandbox.explain")
"""Packages that a job may use. Add one here when the child learns a new kind of job."""

LAZY = ("numpy.ma", "numpy.polynomial", "numpy.fft", "numpy.linalg", "numpy.random", "numpy.lib.stride_tricks")
"""Parts of NumPy that are imported lazily, some of them by NumPy functions."""


def version() -> str:
    """Return the version of the engine: results of one version agree with each other."""
    from bpsandbox.core import ENGINE

    return ENGINE


def refusals() -> tuple[type[Exception], ...]:
    """Return the errors whose message can be shown to people."""
    from bpsandbox.core import BackpropError

    return (BackpropError,)


def warm() -> None:
    """Load every module and data file that a job may use: a child with a job opens no more files."""
    for name in LOADED:
        load_all(name)
    for name in LAZY:
        import_module(name)

    from bpsandbox.core.data.datasets import carried

    for read in carried.READERS:
        read()


def load_all(package: str) -> None:
    """Import a package with all modules in it."""
    for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
        import_module(module.name)


def reports(spec: str, *, record_steps: bool, until: Callable[[], str | None]) -> Iterator[dict[str, Any]]:
    """Train a spec, given as canonical JSON, to its end or until `until` returns a reason to stop.

    See `child.trained` for what a report is.
    """
    from bpsandbox.core import Trace, train, trained_weights
    from bpsandbox.explain import finished
    from bpsandbox.spec import Spec, build

    trace = Trace() if record_steps else None
    for report in train(build(Spec.from_json(spec)), observers=[trace] if trace else (), until=until):
        if report.result is None:
            yield {
                "points": report.points,
                "epoch": report.epoch,
                "epochs": report.epochs,
                "share": report.share,
                "work": report.work,
                "ahead": report.ahead,
                "states": report.states,
            }
            continue
        last = {"document": finished(report.result).to_json(), "weights": trained_weights(report.result)}
        yield {**last, "steps": trace.document()} if trace else last


def worked(
    spec: str, *, sample: int, step: int, seed: int | None, convention: list[str], until: Callable[[], str | None]
) -> dict[str, Any]:
    """Train one seed of a spec to a step and work it: {"example": ...}, or {"stop": ...} if there was no step.

    With a `convention`, [vectors, loss], only that one is used, with complete arrays; otherwise all of them,
    without large arrays.
    """
    from bpsandbox import explain
    from bpsandbox.spec import Spec

    try:
        capture = explain.captured(Spec.from_json(spec), sample, step, seed, until=until)
    except explain.Stopped as stopped:
        return {"stop": stopped.stop.to_json()}
    if not convention:
        return {"example": explain.kept(capture, asked=step)}
    made = explain.explained(capture, explain.Convention.of(*convention), asked=step)
    return {"example": explain.to_json(made, most_numbers=None)}
