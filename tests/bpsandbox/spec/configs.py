"""Configs to be changed by tests."""

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
    """Everything that is wrong with a text, which must be something."""
    with pytest.raises(spec.InvalidConfig) as caught:
        spec.parse(text, **where)
    assert caught.value.problems
    return list(caught.value.problems)


def only(text: str) -> spec.Problem:
    """The one thing that is wrong with a text."""
    found = problems(text)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def place(problem: spec.Problem) -> tuple[int, int]:
    return problem.line, problem.column
