"""Notes under initialisation formulas explain exactly the symbols in them."""

import pytest

from bpsandbox import explain, spec

CONFIG = """
dataset: {name: DATA}
model: {layers: [LAYER, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
init: START
"""
INPUTS, OUTPUTS = "n_in is the number of inputs to one output.", "n_out is the number of outputs of one input."


def note(start, layer="{type: Linear, out_features: 3, activation: tanh}", data="xor"):
    text = CONFIG.replace("START", start).replace("LAYER", layer).replace("DATA", data)
    return next(
        f.note for f in explain.formulas(spec.parse(text).config) if f.name.startswith(start.split(",")[0][7:11])
    )


@pytest.mark.parametrize(
    "start, inputs, outputs",
    [
        ("{type: torch_default}", True, False),
        ("{type: xavier_uniform}", True, True),
        ("{type: kaiming_normal}", True, False),
        ("{type: kaiming_normal, mode: fan_out}", False, True),
        ("{type: normal, std: 1}", False, False),
    ],
)
def test_a_note_counts_what_the_formula_has(start, inputs, outputs):
    said = note(start)
    assert (INPUTS in said, OUTPUTS in said) == (inputs, outputs)


def test_a_recurrent_start_names_the_hidden_size():
    assert "h is the hidden size." in note(
        "{type: torch_default}", "{type: RNN, hidden_size: 4, return: last}", "adding"
    )
