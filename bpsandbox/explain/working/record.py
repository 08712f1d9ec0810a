"""Worked steps as a run keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from bpsandbox.document import LARGEST, Title, WorkedExample, WorkedStep, Written

from .step import Sentence, Step, Worked

NONE: Mapping[str, Worked] = MappingProxyType({})
MOST_NUMBERS = 4096
"""A tensor or value with more numbers is not kept: its equation shows the first rows and columns, and its norm."""


def to_json(
    worked: Worked, others: Mapping[str, Worked] = NONE, *, most_numbers: int | None = MOST_NUMBERS
) -> dict[str, Any]:
    """Write a working as plain JSON; arrays of more than `most_numbers` numbers are left out (None keeps all).

    `others` are the same step in other conventions, by their names.
    """
    variants = {name: {step.id: step for step in other.steps} for name, other in others.items()}

    def kept(array: np.ndarray | None) -> Any:
        if array is None or (most_numbers is not None and array.size > most_numbers):
            return None
        return _finite(array.tolist())

    tensors = {
        part: {name: kept(array) for name, array in named.items() if kept(array) is not None}
        for part, named in worked.tensors.items()
    }
    return {
        "spec_hash": worked.spec_hash,
        "sample": worked.sample,
        "step": worked.step,
        "epoch": worked.epoch,
        "seed": worked.seed,
        "steps": [
            {
                "id": step.id,
                "phase": step.phase,
                "layer": step.layer,
                "title": _sentence(step.title),
                "formula": step.formula,
                "numbers": step.numbers,
                "value": kept(_alone(step.value)),
                "notes": [_sentence(note) for note in step.notes],
                **_variants(step, variants),
            }
            for step in worked.steps
        ],
        "tensors": tensors,
        "notes": [_sentence(note) for note in worked.notes],
    }


def _alone(value: np.ndarray | None) -> np.ndarray | None:
    """A value of one number as that number."""
    return value.reshape(()) if value is not None and value.size == 1 else value


def _variants(step: Step, others: Mapping[str, Mapping[str, Step]]) -> dict[str, Any]:
    """The step as other conventions write it, where that differs: first from this one, then from their own mean."""
    found: dict[str, dict[str, str]] = {}
    for name in sorted(others, key=lambda name: not name.endswith(".mean")):
        other = others[name].get(step.id)
        if other is None:
            continue
        usual = found.get(_mean_of(name), {"formula": step.formula, "numbers": step.numbers})
        written = {"formula": other.formula, "numbers": other.numbers}
        if written != usual:
            found[name] = written
    return {"variants": found} if found else {}


def _mean_of(name: str) -> str:
    return f"{name.partition('.')[0]}.mean"


def from_record(record: WorkedExample, convention: str = "") -> Worked:
    """Read a kept working in the convention of this name; its arrays stay with the record."""
    steps = tuple(
        Step(
            step.id,
            step.phase,
            step.layer,
            _read(step.title),
            written(step, convention).formula,
            written(step, convention).numbers,
            notes=tuple(_read(note) for note in step.notes),
        )
        for step in record.steps
    )
    notes = tuple(_read(note) for note in record.notes)
    return Worked(record.spec_hash, record.sample, record.step, record.epoch, record.seed, steps, {}, notes)


def written(step: WorkedStep, convention: str) -> WorkedStep | Written:
    """How a convention writes a step."""
    return step.variants.get(convention) or step.variants.get(_mean_of(convention)) or step


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "values": dict(sentence.values)}


def _read(title: Title) -> Sentence:
    return Sentence(title.text, title.values)


def _finite(value: Any) -> Any:
    """Numbers that are not finite, or too large for some readers, are null, as everywhere in a result."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value if abs(value) < LARGEST else None
