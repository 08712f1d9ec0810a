"""What a worked step is made of: sentences, equations, and the whole working."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

import numpy as np

from bpsandbox.explain.numbers import DIGITS, Cut, digits_enough, number
from bpsandbox.messages import N_, _

from .algebra import Array, Term, printed

Phase = Literal["forward", "loss", "backward", "update"]
Value = str | int | float


@dataclass(frozen=True)
class Sentence:
    """A sentence for readers, translated when it is read: `text` is marked with N_ where it is written.

    A value that is a word, marked with N_ itself, is translated too.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return _(self.text, **{name: _(value) if isinstance(value, str) and value else value
                               for name, value in self.values.items()})  # fmt: skip


class Unexplained(Exception):
    """An equation does not give the numbers of the run; its message says which."""


@dataclass(frozen=True)
class Step:
    """One equation of the working: a rule in symbols, the same with numbers, and what it gives.

    `layer` is the layer's index in the config, None for what belongs to no layer. A step without a formula has its
    notes alone: it says in words what cannot be written as an equation.
    """

    id: str
    phase: Phase
    layer: int | None
    title: Sentence
    formula: str = ""
    numbers: str = ""
    value: Array | None = None
    notes: tuple[Sentence, ...] = ()
    fault: str = ""
    """Why a part could not be worked, for whoever mends it; readers are told by a note that it could not."""


@dataclass(frozen=True)
class Group:
    """The steps of one layer in a phase; `title` is empty for those that belong to no layer."""

    title: str
    steps: tuple[Step, ...]

    @property
    def entries(self) -> tuple[tuple[str, Step], ...]:
        """Every step with its title as it is read under the layer's heading, which names the layer already."""
        return tuple((self._under_heading(str(step.title)), step) for step in self.steps)

    def _under_heading(self, title: str) -> str:
        if not self.title:
            return title
        rest = title.removeprefix(self.title).lstrip(AFTER_HEADING)
        return rest[:1].upper() + rest[1:] if rest else title


AFTER_HEADING = ":,：， "
"""Separates the name of a layer from the rest of a title."""

LONG = 40
"""A longer working is folded by layer."""


@dataclass(frozen=True)
class WorkedPhase:
    """The steps of one phase, under its heading."""

    name: Phase
    title: str
    steps: tuple[Step, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """Return the steps grouped by layer, in the order in which they are worked."""
        return tuple(
            Group("" if layer is None else _("Layer {layer}", layer=layer), tuple(steps))
            for layer, steps in groupby(self.steps, key=lambda step: step.layer)
        )


@dataclass(frozen=True)
class Worked:
    """The whole working of one example in one step. `tensors` maps before, gradient, clipped and after to arrays."""

    spec_hash: str
    sample: int
    step: int
    epoch: int
    seed: int
    steps: tuple[Step, ...]
    tensors: Mapping[str, Mapping[str, Array]]
    notes: tuple[Sentence, ...] = ()

    @property
    def is_long(self) -> bool:
        return len(self.steps) > LONG

    def of(self, phase: Phase) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.phase == phase)

    @property
    def where(self) -> str:
        """Say which example, step and seed are worked, in the reader's language."""
        return _("Example {sample} in step {step}, seed {seed}", sample=self.sample, step=self.step, seed=self.seed)

    @property
    def phases(self) -> tuple[WorkedPhase, ...]:
        """The phases in order, with their headings in the reader's language."""
        titles: tuple[tuple[Phase, str], ...] = (
            ("forward", _("Forward")),
            ("loss", _("Loss")),
            ("backward", _("Backward")),
            ("update", _("Update")),
        )
        return tuple(WorkedPhase(phase, title, self.of(phase)) for phase, title in titles if self.of(phase))


RELATIVE = {"float64": 1e-7, "float32": 2e-3}
"""How far an equation may be from the stored numbers, as a share of the largest of them and of what it is made from."""


def equation(
    name: str,
    term: Term,
    stored: Array | float | None = None,
    *,
    meaning: str = "",
    dtype: str = "float64",
    size: float = 0.0,
    shown: Array | None = None,
) -> dict[str, Any]:
    """The formula, numbers and value of `name = term`, as keyword arguments of a Step.

    `meaning` stands between the two in the formula, as in δ = ∂L/∂z = …. `stored` is what the run computed: it is what
    is printed at the end. `size` is the size of the numbers that the term's own were summed from: where those cancel,
    nothing but their rounding is left. `shown` is printed in place of `stored`, where that is nothing but rounding.
    Raises Unexplained where the term does not give it.
    """
    value = term.value if stored is None else np.asarray(stored, dtype=np.float64).reshape(term.value.shape)
    if stored is not None and not agrees(term, value, dtype, size):
        raise Unexplained(f"{name} = {term.symbols} gives {printed(term.value)}, the run has {printed(value)}")
    last = value if shown is None else shown
    result, between = printed(last), f"{meaning} = " if meaning else ""
    numbers = f"{term.numbers_at(_digits(term, last))} = " if term.numbers != result else ""
    return {
        "formula": f"{name} = {between}{term.symbols}",
        "numbers": f"{name} = {numbers}{result}",
        "value": value,
        "notes": tuple(cuts(dict(term.operands), name, value)),
    }


def _digits(term: Term, result: Array) -> int:
    """Return with how many digits the numbers of a term give its result; of cut matrices nobody can compute it."""
    if any(_is_cut(array) for _name, array in term.operands):
        return DIGITS
    return digits_enough(term.value_at, result)


ROUNDING = {"float64": 1e-13, "float32": 1e-5}
"""What is left of a sum that cancels is smaller than this, as a share of what was summed."""


def is_rounding(parts: Sequence[Array], stored: Array, dtype: str, size: float) -> Array:
    """Where is a sum nothing but rounding? Its parts cancel, or they are themselves what numbers of this size leave."""
    found = np.sum(parts, axis=0)
    most = np.maximum(np.abs(found), np.abs(stored))
    cancels = most < ROUNDING[dtype] * np.sum(np.abs(parts), axis=0)
    return cancels | ((most < ROUNDING[dtype] * size) & (np.abs(found - stored) > 1e-5 * most))


def agrees(term: Term, value: Array, dtype: str, size: float = 0.0) -> bool:
    """Does the term give the stored value, up to rounding?"""
    sizes = [float(np.max(np.abs(array), initial=0.0)) for _name, array in term.operands]
    most = max([float(np.max(np.abs(value), initial=0.0)), *(min(each, 1.0) for each in sizes), size, least(dtype)])
    with np.errstate(all="ignore"):
        # infinite where it is too large for the run's numbers, 0 where it is too small
        found, value = (array.astype(dtype).astype(np.float64) for array in (term.value, value))
    return bool(np.allclose(found, value, rtol=RELATIVE[dtype], atol=RELATIVE[dtype] * most, equal_nan=True))


def least(dtype: str) -> float:
    """A size below which numbers of the run lose digits, and in the end are 0."""
    return float(np.finfo(dtype).tiny) / RELATIVE[dtype]


def cuts(operands: dict[str, Array], result: str, value: Array) -> Iterator[Sentence]:
    """Say of every matrix that is printed with dots how large it is; of one that changes, before and after."""
    for name, array in (operands | {result: value}).items():
        if not _is_cut(array):
            continue
        told = {"name": rf"\({name}\)", "rows": array.shape[0], "columns": array.shape[1], "norm": _norm(array)}
        if name == result and name in operands:
            yield Sentence(
                N_("{name} is {rows} × {columns}, norm {before} before and {norm} after; dots stand for omitted rows "
                   "and columns."), told | {"before": _norm(operands[name])},
            )  # fmt: skip
        else:
            yield Sentence(
                N_("{name} is {rows} × {columns}, norm {norm}; dots stand for omitted rows and columns."), told
            )


def _is_cut(array: Array) -> bool:
    return array.ndim == 2 and array.size > 1 and any(Cut(count).left_out for count in array.shape)


def _norm(array: Array) -> str:
    return rf"\({number(float(np.linalg.norm(array)))}\)"
