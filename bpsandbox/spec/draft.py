"""A config that has been read but not yet checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bpsandbox.core.nn.layers import Layer, parameter_count

from .facts import Facts
from .kinds import WRONG
from .layers import activation_of
from .problems import Log, Path

Shape = tuple[int, ...]
BATCH_SIZE = 32
EPOCHS = 100


@dataclass
class Draft:
    """Values as read (WRONG where they are), with what is derived from them.

    `shapes[i]` is the shape of the input of layer i, the last one that of the output; None where unknown.
    """

    values: dict[str, Any]
    log: Log
    facts: Facts | None
    """None where the dataset block is too wrong to know."""
    shapes: list[Shape | None] = field(default_factory=list)
    core_layers: list[Layer | None] = field(default_factory=list)
    """The core's layer for every correct block, None for the others."""

    def get(self, *path: str | int) -> Any:
        """Return the value at a path; None where it, or a block around it, is missing or wrong."""
        value: Any = self.values
        for part in path:
            if value is WRONG or value is None:
                return None
            value = value.get(part) if isinstance(value, dict) else value[part]
        return None if value is WRONG else value

    def add(self, path: Path, message: str, code: str, **more: Any) -> None:
        self.log.add(path, message, code, **more)

    @cached_property
    def layers(self) -> list[Any]:
        """The layers, with None for a wrong one."""
        layers = self.get("model", "layers")
        return [None if layer is WRONG else layer for layer in layers] if layers else []

    @property
    def out_shape(self) -> Shape | None:
        return self.shapes[-1] if self.shapes else None

    @property
    def outputs(self) -> int | None:
        """Number of outputs, if the output is a row."""
        shape = self.out_shape
        return shape[0] if shape is not None and len(shape) == 1 else None

    @property
    def parameters(self) -> int:
        """Number of parameters of the layers whose shapes are known."""
        pairs = zip(self.core_layers, self.shapes, strict=False)
        return sum(parameter_count(layer, shape) for layer, shape in pairs if layer and shape is not None)

    def has_tensors(self, i: int) -> bool:
        """Return whether layer i has parameters, as far as its shapes are known."""
        layer, shape = self.core_layers[i], self.shapes[i]
        return layer is None or shape is None or bool(layer.parameter_shapes(shape))

    @property
    def last_activation(self) -> str | None:
        """The activation of the last layer; identity where it has none, None where unknown."""
        return activation_of(self.layers[-1]) if self.layers and self.layers[-1] else None

    @property
    def has_penalty(self) -> bool:
        return any(self.get("regularization", name) for name in ("l1", "l2", "alpha"))

    def batch_size(self) -> int | None:
        """Return the number of examples in a batch: by default 32, and all for LBFGS or when there are fewer."""
        n, training = self.train_size(), self.values["training"]
        if n is None or training is WRONG:
            return None
        written = training["batch_size"] if training else None
        if written == "full" or (written is None and self.get("optimizer", "type") == "LBFGS"):
            return n
        return None if written is WRONG else min(written or BATCH_SIZE, n)

    def steps(self) -> int | None:
        """Return the number of steps of the run."""
        n, batch = self.train_size(), self.batch_size()
        if not n or not batch or WRONG in (self.get("training") or {}).values():
            return None
        steps: int | None = self.get("training", "steps")
        return steps or (self.get("training", "epochs") or EPOCHS) * -(-n // batch)

    def last_epoch(self) -> int | None:
        """Return the number of whole epochs of the run."""
        n, batch, steps = self.train_size(), self.batch_size(), self.steps()
        return steps // -(-n // batch) if n and batch and steps else None

    def kept_epochs(self, name: str) -> list[int]:
        """Return the epochs of a record, sorted; `true` means the first and the last."""
        written = self.get("record", name)
        if written is True:
            return sorted({0, self.last_epoch() or 0})
        return sorted(set(written or ()))

    def train_size(self) -> int | None:
        """Return the number of training examples."""
        split = self.get("dataset", "split")
        if self.facts is None or split is None or WRONG in split.values():
            return None
        return max(0, self.facts.n - sum(self.facts.held_out(split[part]) for part in ("val", "test")))


def layer_name(i: int, layer: dict[str, Any]) -> str:
    """Return the name of a layer for messages."""
    return f"layers[{i}] ({layer['type']})"
