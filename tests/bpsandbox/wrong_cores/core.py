"""What a wrong core is, how it is made from the right one, and which check catches it."""

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
    """A mistake that people make: its name, what is wrong, the change, the trajectory it is tried on, what catches it.

    `caught_by` is the gradient check with its band, or `oracle: ` and the trajectory's name. The gradient check looks
    first; what it passes is a right derivative of a wrong function, or a wrong step along a right one.
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
    """Put `change` in a method's place."""
    return partial(mock.patch.object, owner, name, change)


def after(owner: Any, name: str, change: Change) -> Patch:
    """Do what the method does, then `change` with the same arguments."""
    right = getattr(owner, name)

    def wrong(self: Any, *arguments: Any, **named: Any) -> Any:
        value = right(self, *arguments, **named)
        change(self, *arguments, **named)
        return value

    return instead(owner, name, wrong)


def of(owner: Any, name: str, change: Change) -> Patch:
    """Give `change(what the method gives, self, its arguments…)` in its place."""
    right = getattr(owner, name)

    def wrong(self: Any, *arguments: Any, **named: Any) -> Any:
        return change(right(self, *arguments, **named), self, *arguments, **named)

    return instead(owner, name, wrong)


def given(owner: Any, **settings: Any) -> Patch:
    """Make an object with settings that nobody asked for."""
    right = owner.__init__

    def wrong(self: Any, *arguments: Any, **named: Any) -> None:
        right(self, *arguments, **{**named, **settings})

    return instead(owner, "__init__", wrong)


def together(*patches: Patch) -> Patch:
    """Several changes at once."""

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
    """The table and the row of every trajectory's name."""
    return {row.name: (table, row) for table, rows in TABLES.items() for row in rows()}


@cache
def recorded(table: str) -> dict[str, Any]:
    return record.read(table)


def gradient_band(row: Row) -> str:
    """What the gradient check says of the row's network at its start; good where it has nothing to say."""
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
    """What objects to the core as it is now, by one trajectory or start: the gradient check, else the oracle."""
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
    """What catches a wrong core; None when nothing does."""
    with core.patch():
        return objection(core.trajectory)
