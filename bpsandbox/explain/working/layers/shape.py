r"""Flatten, Reshape: the same numbers in another shape, the last axis running fastest.

`\mathrm{reshape}\left(X, r, c\right)` reads X row by row and writes r rows of c numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpsandbox.explain.working.algebra import Array, Term, constant, function, transposed
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, layer_step
from bpsandbox.explain.working.pieces import stacked
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    term = _reshaped(place, place.input_term, place.x.shape, place.y.shape)
    title, stored = N_("Layer {layer}: the same values in another shape"), place.example.oriented(place.y)
    yield layer_step(place, "forward", "shape", title, place.output, term, stored, notes=list(_notes(place)))


def backward(place: Place) -> Iterator[Step]:
    if place.dx is not None:
        term = _reshaped(place, place.output_gradient_term, place.y.shape, place.x.shape)
        stored = place.example.oriented(place.dx)
        yield input_gradient_step(place, term, stored, part="shape", notes=list(_notes(place)))


def _reshaped(place: Place, term: Term, old: Sequence[int], new: Sequence[int]) -> Term:
    """Numbers of a sample of one shape, printed as those of another."""
    convention = place.example.convention
    before, after = stacked(convention, old), stacked(convention, new)
    if before.is_turned and before.rows > 1:
        term = transposed(term)  # read step by step
    is_turned = after.is_turned and after.rows > 1
    rows, columns = (after.rows, after.columns) if is_turned or not after.is_turned else (after.columns, 1)

    def reshape(values: Array, rows: Array, columns: Array) -> Array:
        return values.reshape(int(rows), int(columns))

    found = function(r"\mathrm{reshape}", reshape, term, constant(rows), constant(columns))
    return transposed(found) if is_turned else found


def _notes(place: Place) -> Iterator[Sentence]:
    if max(place.x.ndim, place.y.ndim) > 2:
        yield Sentence(N_("The channels of an image are written below one another, and read row by row."))
