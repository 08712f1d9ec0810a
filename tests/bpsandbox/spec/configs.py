"""Configs that tests modify."""

from __future__ import annotations

import pytest

from bpsandbox import spec

XOR = """dataset: {name: xor}
model:
  layers:
    - {type: Linear, out_features: 3, activation: sigmoid}
    - {type: Linear, out_features: 1, activation: sigmoid}
loss: {type: MSELoss}
"""


def problems(text: str, **where: int) -> list[spec.Problem]:
    """Return all problems of a text; there must be some."""
    with pytest.raises(spec.InvalidConfig) as caught:
        spec.parse(text, **where)
    assert caught.value.problems
    return list(caught.value.problems)


def only(text: str) -> spec.Problem:
    """Return the only problem of a text."""
    found = problems(text)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def place(problem: spec.Problem) -> tuple[int, int]:
    return problem.line, problem.column
