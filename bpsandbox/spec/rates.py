"""Which learning rates of a config have an effect."""

from __future__ import annotations

from .draft import Draft
from .language.optimizer import OPTIMIZER


def sets_rates(draft: Draft) -> bool:
    """Does the schedule take nothing from the optimiser's and the layers' rates?"""
    return draft.get("lr_scheduler", "type") == "OneCycleLR"


def own_rates(draft: Draft) -> list[float]:
    """The rates of the layers that are trained, if each has one of its own; else none."""
    rates = [block.get("lr") for block in draft.layers if block and block.get("trainable")]
    return [] if None in rates else rates


def rate_is_void(draft: Draft) -> bool:
    """Does the optimiser's rate change nothing?"""
    return sets_rates(draft) or bool(own_rates(draft))


def default_rate(optimizer: str) -> float:
    """What an optimiser takes where no rate is written."""
    rate: float = OPTIMIZER.records[optimizer].fields["lr"].default
    return rate
