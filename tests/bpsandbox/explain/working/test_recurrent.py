"""Recurrent layers, worked time step by time step."""

import itertools

import numpy as np
import pytest

from bpsandbox import explain, spec
from tests.full import some

CELLS = ("RNN", "RNN, nonlinearity: relu", "LSTM", "GRU", "GRU, reset_after: false")
TEXT = """
seeds: [3, 4]
dataset: {{name: adding, length: {length}, n_samples: 12}}
model:
  layers:
    - {{type: Linear, out_features: 2}}
    - {{type: {first}, hidden_size: 2, return: all{options}}}
    - {{type: {second}, hidden_size: 3{options}}}
    - {{type: Linear, out_features: 1}}
loss: {{type: MSELoss}}
training: {{steps: 20, batch_size: {batch}}}
"""
ONE = """
dataset: {{name: adding, length: 2, n_samples: 4}}
model: {{layers: [{{type: {cell}, hidden_size: 1}}, {{type: Linear, out_features: 1}}]}}
loss: {{type: MSELoss}}
"""


def worked(text, *where, vectors="columns", **values):
    return explain.worked(spec.parse(text.format(**values)), *where, convention=explain.Convention(vectors))


@pytest.mark.parametrize("options", ["", ", truncate: 2", ", bias: false"])
@pytest.mark.parametrize(("first", "second"), some(itertools.product(CELLS, CELLS), every=6))
def test_every_equation_of_two_recurrent_layers_gives_the_numbers_of_the_run(first, second, options):
    for length, batch, vectors in ((4, "full", "columns"), (9, 5, "rows"), (3, 1, "columns")):
        made = worked(TEXT, 1, 2, 4, vectors=vectors, first=first, second=second, options=options,
                      length=length, batch=batch)  # fmt: skip
        assert [step.fault for step in made.steps if step.fault] == []
        assert len({step.id for step in made.steps}) == len(made.steps)


@pytest.mark.parametrize("cell", CELLS)
def test_the_sums_over_the_batch_are_the_gradients_that_were_applied(cell):
    made = worked(ONE, cell=cell)
    sums = {
        step.id: step.value for step in made.steps if step.id.startswith("backward.0.") and step.id.endswith("batch")
    }
    for name in ("weight_ih", "weight_hh", "bias_ih"):
        expected = made.tensors["gradient"][f"layers.0.{name}"]
        assert np.allclose(sums[f"backward.0.{name}.batch"].reshape(expected.shape), expected, rtol=1e-12)


def test_an_lstm_is_written_gate_by_gate():
    steps = {step.id: step for step in worked(ONE, cell="LSTM").steps}
    assert steps["forward.0.2.i"].formula == (
        r"i^{[0]}_{2} = \sigma\left(W^{[0]}_{ii} x_{2} + W^{[0]}_{hi} h^{[0]}_{1} + b^{[0]}_{i}\right)"
    )
    assert steps["forward.0.2.c"].formula == (
        r"c^{[0]}_{2} = f^{[0]}_{2} \cdot c^{[0]}_{1} + i^{[0]}_{2} \cdot g^{[0]}_{2}"
    )
    assert steps["backward.0.2.dh"].formula == (
        r"\frac{\partial L}{\partial h^{[0]}_{2}} = \frac{\partial L}{\partial a^{[0]}}"
    )
    assert steps["backward.0.1.dc"].formula == (
        r"\frac{\partial L}{\partial c^{[0]}_{1}} = \frac{\partial L}{\partial h^{[0]}_{1}} \cdot o^{[0]}_{1}"
        r" \cdot \left(1 - \tanh\left(c^{[0]}_{1}\right)^{2}\right)"
        r" + \frac{\partial L}{\partial c^{[0]}_{2}} \cdot f^{[0]}_{2}"
    )


def test_the_middle_of_a_long_sequence_is_left_out_and_said():
    made = worked(TEXT, first="RNN", second="RNN", options="", length=9, batch="full")
    notes = {step.id: str(step.title) for step in made.steps if step.id.endswith("skipped")}
    assert notes == {
        f"{phase}.{layer}.skipped": f"Layer {layer}: steps 4 to 7"
        for phase in ("forward", "backward")
        for layer in (1, 2)
    }


def test_a_cut_through_time_sends_nothing_back():
    steps = {step.id: step for step in worked(TEXT, first="RNN", second="RNN", options=", truncate: 2", length=4,
                                              batch="full").steps}  # fmt: skip
    assert steps["backward.2.2.dh"].formula == r"\frac{\partial L}{\partial h^{[2]}_{2}} = 0"
    assert "segments of 2" in str(steps["backward.2.truncate"].notes[0])
