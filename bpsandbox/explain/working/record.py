"""Worked steps as a run keeps them, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpsandbox.document import Title, WorkedExample

from .step import Sentence, Step, Worked

MOST_NUMBERS = 4096
"""A tensor or value with more numbers is not kept: its equation shows the first rows and columns, and its norm."""


def to_json(worked: Worked, *, most_numbers: int | None = MOST_NUMBERS) -> dict[str, Any]:
    """Write a working as plain JSON; arrays of more than `most_numbers` numbers are left out (None keeps all)."""

    def kept(array: np.ndarray | None) -> Any:
        if array is None or (most_numbers is not None and array.size > most_numbers):
            return None
        return _finite(array.reshape(-1)[0].item() if array.size == 1 and array.ndim == 0 else array.tolist())

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
                "value": kept(step.value),
                "notes": [_sentence(note) for note in step.notes],
            }
            for step in worked.steps
        ],
        "tensors": tensors,
        "notes": [_sentence(note) for note in worked.notes],
    }


def from_record(record: WorkedExample) -> Worked:
    """Read a kept working; its arrays stay with the record."""
    steps = tuple(
        Step(
            step.id,
            step.phase,
            step.layer,
            _read(step.title),
            step.formula,
            step.numbers,
            notes=tuple(_read(note) for note in step.notes),
        )
        for step in record.steps
    )
    notes = tuple(_read(note) for note in record.notes)
    return Worked(record.spec_hash, record.sample, record.step, record.epoch, record.seed, steps, {}, notes)


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "values": dict(sentence.values)}


def _read(title: Title) -> Sentence:
    return Sentence(title.text, title.values)


def _finite(value: Any) -> Any:
    """Numbers that are not finite are null, as everywhere in a result."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value if np.isfinite(value) else None
