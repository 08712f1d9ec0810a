"""Small configs for worked steps, and properties of every worked step."""

from __future__ import annotations

from collections.abc import Sequence

from bpsandbox import core, explain, spec
from bpsandbox.explain import Convention, Worked
from bpsandbox.explain.working import explained

CONVENTIONS = (
    Convention("columns", "mean"),
    Convention("rows", "sum"),
    Convention("columns", "half"),
)
XOR = "dataset: {name: xor}\n"
PLANE = "dataset: {name: plane, n_samples: 7}\n"
IRIS = "dataset: {name: iris, standardize: standard}\n"
TWO = "dataset: {points: {x: [[1, 2], [3, 4], [5, 7]], y: [[0.5, 1], [1, -1], [2, 0]]}}\n"


def network(outputs: int, last: str = "") -> str:
    hidden = "{type: Linear, out_features: 3, activation: tanh}"
    final = f"{{type: Linear, out_features: {outputs}{', activation: ' + last if last else ''}}}"
    return f"model: {{layers: [{hidden}, {final}]}}\n"


def worked(
    text: str, sample: int = 0, step: int = 0, convention: Convention = CONVENTIONS[0], seed: int | None = None
) -> Worked:
    return explain.worked(spec.parse(text), sample, step, seed, convention=convention)


def in_conventions(
    text: str, sample: int = 0, step: int = 0, conventions: Sequence[Convention] = CONVENTIONS
) -> list[Worked]:
    """Return one step worked in some conventions."""
    built = spec.build(spec.parse(text))
    capture = core.work(built, core.WorkedExample(sample, step))
    assert isinstance(capture, core.Capture)
    return [explained(capture, convention) for convention in conventions]


def in_turn(count: int) -> list[Convention]:
    """Return as many conventions, one after the other; the last one is last."""
    return [CONVENTIONS[place % len(CONVENTIONS)] for place in range(-count, 0)]


def faults(working: Worked) -> list[str]:
    """Return the parts of loss and update that could not be worked, and duplicate step ids."""
    ids = [step.id for step in working.steps]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    parts = [step for step in working.steps if step.phase in ("loss", "update") or step.layer is None]
    return [f"{step.id}: {step.fault}" for step in parts if step.fault] + twice


def step_of(working: Worked, name: str) -> explain.Step:
    return next(step for step in working.steps if step.id == name)


def in_english(note: explain.Sentence) -> str:
    """Return a note with its values in English, whatever language an earlier test left active."""
    return note.text.format(**note.values)
