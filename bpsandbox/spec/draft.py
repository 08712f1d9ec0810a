"""A config that has been read but not yet judged as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bpsandbox.core.nn.layers import Layer

from .facts import Facts
from .kinds import WRONG
from .layers import activation_of
from .problems import Log, Path

Shape = tuple[int, ...]
BATCH_SIZE = 32
EPOCHS = 100


@dataclass
class Draft:
    """Values as read (WRONG where they are), with what was found out about them.

    `shapes[i]` is what goes into layer i, the last one what comes out; None where it cannot be known.
    """

    values: dict[str, Any]
    log: Log
    facts: Facts | None
    """None where the dataset block is too wrong to say."""
    shapes: list[Shape | None] = field(default_factory=list)
    made: list[Layer | None] = field(default_factory=list)
    """The core's layer for every block that is right."""

    def get(self, *path: str | int) -> Any:
        """The value at a path; None where it, or a block around it, is missing or wrong."""
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
        """The layers, None for a wrong one."""
        layers = self.get("model", "layers")
        return [None if layer is WRONG else layer for layer in layers] if layers else []

    @property
    def out_shape(self) -> Shape | None:
        return self.shapes[-1] if self.shapes else None

    @property
    def outputs(self) -> int | None:
        """Number of outputs, where the last layer gives a row."""
        shape = self.out_shape
        return shape[0] if shape is not None and len(shape) == 1 else None

    @property
    def parameters(self) -> int:
        """Number of parameters, as far as shapes are known."""
        pairs = zip(self.made, self.shapes, strict=False)
        return sum(layer.parameters(shape) for layer, shape in pairs if layer and shape is not None)

    @property
    def last_activation(self) -> str | None:
        """The activation that the outputs went through; identity where there is none; None where it is not known."""
        return activation_of(self.layers[-1]) if self.layers and self.layers[-1] else None

    @property
    def has_penalty(self) -> bool:
        return any(self.get("regularization", name) for name in ("l1", "l2", "alpha"))

    def batch_size(self) -> int | None:
        """Number of examples in a batch; not written, it is 32, or all for LBFGS or when there are no more."""
        n, training = self.train_size(), self.values["training"]
        if n is None or training is WRONG:
            return None
        written = training["batch_size"] if training else None
        if written == "full" or (written is None and self.get("optimizer", "type") == "LBFGS"):
            return n
        return None if written is WRONG else min(written or BATCH_SIZE, n)

    def steps(self) -> int | None:
        """Number of updates of the run."""
        n, batch = self.train_size(), self.batch_size()
        if not n or not batch or WRONG in (self.get("training") or {}).values():
            return None
        steps: int | None = self.get("training", "steps")
        return steps or (self.get("training", "epochs") or EPOCHS) * -(-n // batch)

    def last_epoch(self) -> int | None:
        """Number of whole epochs of the run."""
        n, batch, steps = self.train_size(), self.batch_size(), self.steps()
        return steps // -(-n // batch) if n and batch and steps else None

    def kept_epochs(self, name: str) -> list[int]:
        """The epochs at which `record` keeps something, each once; `true` stands for the first and the last."""
        written = self.get("record", name)
        if written is True:
            return sorted({0, self.last_epoch() or 0})
        return sorted(set(written or ()))

    def train_size(self) -> int | None:
        """Number of training examples."""
        split = self.get("dataset", "split")
        if self.facts is None or split is None or WRONG in split.values():
            return None
        return max(0, self.facts.n - sum(self.facts.held_out(split[part]) for part in ("val", "test")))


def layer_name(i: int, layer: dict[str, Any]) -> str:
    """How sentences name a layer."""
    return f"layers[{i}] ({layer['type']})"
