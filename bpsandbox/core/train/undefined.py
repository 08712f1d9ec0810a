"""Tell a division of 0 by 0 from numbers that grew out of bounds."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.losses import CrossEntropyLoss, Loss
from bpsandbox.core.types import Array
from bpsandbox.document import Undefined

from .experiment import Experiment


def undefined(experiment: Experiment, layer: str | None, values: Array) -> Undefined | None:
    """Return where a seed that diverged divided 0 by 0; None if it did not.

    `layer` is the first one whose output is not finite, `values` are the seed's numbers then: see Network.values.
    """
    if layer == f"loss {experiment.loss.name}" and _may_have_no_weight(experiment.loss):
        return "zero_weights"
    if experiment.optimizer.eps == 0.0 and np.isnan(values).any() and not np.isinf(values).any():
        return "zero_update"
    return None


def _may_have_no_weight(loss: Loss) -> bool:
    """Return whether a mean may be over examples of weight 0 alone."""
    return isinstance(loss, CrossEntropyLoss) and loss.reduction == "mean" and 0.0 in (loss.class_weight or ())
