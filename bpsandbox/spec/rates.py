"""Which learning rates of a config have an effect."""

from __future__ import annotations

from .draft import Draft
from .language.optimizer import OPTIMIZER


def sets_rates(draft: Draft) -> bool:
    """Return whether the schedule ignores the learning rates of optimizer and layers."""
    return draft.get("lr_scheduler", "type") == "OneCycleLR"


def own_rates(draft: Draft) -> list[float]:
    """Return the learning rates of the trained layers, if each has its own; else an empty list."""
    blocks = enumerate(draft.layers)
    rates = [block.get("lr") for i, block in blocks if block and block.get("trainable") and draft.has_tensors(i)]
    return [] if None in rates else rates


def rate_is_void(draft: Draft) -> bool:
    """Return whether the optimiser's learning rate has no effect."""
    return sets_rates(draft) or bool(own_rates(draft))


def default_rate(optimizer: str) -> float:
    """Return the default learning rate of an optimiser."""
    rate: float = OPTIMIZER.records[optimizer].fields["lr"].default
    return rate
