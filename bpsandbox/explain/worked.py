"""One training step of one example, worked by hand in LaTeX: forward, backward, update.

Column vectors throughout: z = W x + b. Every number that is printed is one that the run recorded, rounded by
`numbers.number`; nothing is computed again here but to find out which formula fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpsandbox.messages import _

from .backward import backward_steps
from .forward import forward_steps
from .layers import Layer, layers_of
from .losses import Case
from .numbers import Cut, Vector
from .steps import Worked
from .updating import update_notes, update_steps


def worked(document: dict[str, Any]) -> Worked | None:
    """Work through the recorded example; None when there is none, or no Linear layer in it."""
    example = (document.get("records") or {}).get("worked_example")
    layers = layers_of(example) if example else []
    if not example or not layers:
        return None
    case = _case(example, layers[-1])
    steps = (*forward_steps(layers, case), *backward_steps(layers, case), *update_steps(layers, example))
    notes = (*_elisions(layers), *update_notes(layers, example))
    return Worked(steps, example["sample"], example["step"], example["epoch"], example["seed"], notes)


def _case(example: dict[str, Any], last: Layer) -> Case:
    y_hat = example.get("y_hat") or last.a
    return Case(example.get("loss_type", ""), y_hat, _wanted(example["y"], len(y_hat)), example["loss"])


def _wanted(y: Any, count: int) -> Vector:
    """Return the target as numbers beside the outputs; a class becomes a one-hot vector."""
    if isinstance(y, list):
        return y if len(y) == count else [float(k == y[0]) for k in range(count)]
    return [float(y)] if count == 1 else [float(k == y) for k in range(count)]


def _elisions(layers: list[Layer]) -> Iterator[str]:
    """Say of each matrix which rows and columns the dots stand for."""
    for layer in layers:
        out, into = layer.shape
        name = f"W[{layer.label}] ({out} × {into})"
        for hidden, sentence in (
            (Cut(out).left_out, _("Dots in {name} stand for rows {first} to {last}.")),
            (Cut(into).left_out, _("Dots in {name} stand for columns {first} to {last}.")),
        ):
            if hidden:
                yield sentence.format(name=name, first=hidden[0], last=hidden[1])
