"""The first seed's weights at some epochs, in full precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.core.train.experiment import Observed

from .at_epochs import AtEpochs


@dataclass
class Weights(AtEpochs):
    """Every parameter of the first seed."""

    name = "weights"

    def look(self, run: Observed) -> dict[str, Any]:
        named = run.stack.network.named(run.stack.network.theta)
        return {"weights": [{"name": name, "value": value[0].tolist()} for name, value in named.items()]}
