"""What a wrong core is, how it is derived from the correct one, and which check catches it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from unittest import mock

import numpy as np

from bpsandbox import spec
from bpsandbox.core import run
from tests.bpsandbox.oracles import record, starts
from tests.bpsandbox.oracles.replay import LIMIT, distance, with_start
from tests.bpsandbox.oracles.rows import TABLES, Row

Change = Callable[..., Any]
Patch = Callable[[], AbstractContextManager]
GRADIENT_WRONG, GRADIENT_SUSPICIOUS = "gradient check: wrong", "gradient check: suspicious"
START = "start of "
"""Begins the name of an oracle that is no trajectory: how far first weights spread."""
FIRST_ONLY = "straight_through"
"""A step passes a gradient that is no derivative: no network with one is given to the gradient check."""


@dataclass(frozen=True)
class WrongCore:
    """A typical mistake: its name, description, patch, trajectory, and what catches it.

    `caught_by` is the gradient check with its band, or `oracle: ` and the trajectory's name. The gradient check runs
    first; what it passes is a correct derivative of a wrong function, or a wrong step along a correct one.
    """

    id: str
    story: str
    patch: Patch
    trajectory: str
    caught_by: str


def oracle(trajectory: str) -> str:
    return f"oracle: {trajectory}"


# === making a wrong core ===


def instead(owner: Any, name: str, change: Change) -> Patch:
    """Replace a method with `change`."""
    return partial(mock.patch.object, owner, name, change)


def after(owner: Any, name: str, change: Change) -> Patch:
    """Call the method, then `change` with the same arguments."""
    right = getattr(owner, name)

    def wrong(self: Any, *arguments: Any, **named: Any) -> Any:
        value = right(self, *arguments, **named)
        change(self, *arguments, **named)
        return value

    return instead(owner, name, wrong)


def of(owner: Any, name: str, change: Change) -> Patch:
    """Return `change(the method's result, self, its arguments…)` instead."""
    right = getattr(owner, name)

    def wrong(self: Any, *arguments: Any, **named: Any) -> Any:
        return change(right(self, *arguments, **named), self, *arguments, **named)

    return instead(owner, name, wrong)


def given(owner: Any, **settings: Any) -> Patch:
    """Create an object with additional settings."""
    right = owner.__init__

    def wrong(self: Any, *arguments: Any, **named: Any) -> None:
        right(self, *arguments, **{**named, **settings})

    return instead(owner, "__init__", wrong)


def together(*patches: Patch) -> Patch:
    """Combine several changes."""

    @contextmanager
    def all_of_them() -> Iterator[None]:
        with ExitStack() as stack:
            for patch in patches:
                stack.enter_context(patch())
            yield

    return all_of_them


# === catching it ===


@cache
def trajectories() -> dict[str, tuple[str, Row]]:
    """Return the table and row of every trajectory by name."""
    return {row.name: (table, row) for table, rows in TABLES.items() for row in rows()}


@cache
def recorded(table: str) -> dict[str, Any]:
    return record.read(table)


def gradient_band(row: Row) -> str:
    """Return the gradient check's verdict on the row's network at its initial values; good if it does not apply."""
    if FIRST_ONLY in json.dumps(row.config):
        return "good"
    start = recorded(trajectories()[row.name][0])["starts"][row.start]
    config = {**row.config, "checks": {"gradient_check": {"at": ["start"]}}}
    config["training"] = {**config["training"], "epochs": None, "steps": 1, "eval_every": 1}
    return (
        run(spec.build(spec.parse(with_start(config, start))))
        .document()
        .to_json()["checks"]["gradient_check"][0]["band"]
    )


def objection(trajectory: str) -> str | None:
    """Return what rejects the current core on one trajectory or initialisation: the gradient check, else the oracle."""
    if trajectory.startswith(START):
        name = trajectory.removeprefix(START)
        far = starts.apart(name, recorded("starts")["starts"][name]) >= starts.LIMIT
        return oracle(trajectory) if far else None
    table, row = trajectories()[trajectory]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        band = gradient_band(row)
        if band in ("wrong", "suspicious"):
            return f"gradient check: {band}"
        return None if distance(row, recorded(table)).worst <= LIMIT else oracle(trajectory)


def caught_by(core: WrongCore) -> str | None:
    """Return what catches a wrong core; None if nothing does."""
    with core.patch():
        return objection(core.trajectory)
