"""A text that becomes another config keeps what somebody wrote beside it."""

import json

import pytest

from bpsandbox.explain.doctor.cures import CHANGES, cured
from bpsandbox.spec import parse
from bpsandbox.spec.presets import PRESETS
from bpsandbox.spec.revising import revised

WRITTEN = """\
# seven by hand
dataset: xor
model:
  layers:
    - {type: Linear, out_features: 8, activation: sigmoid, init: {type: constant, value: 0.5}}  # hidden
    - {type: Linear, out_features: 1}
loss: BCEWithLogitsLoss
optimizer: {lr: 0.5, type: SGD}  # slow
training: {epochs: 100}   # look here
seeds: {start: 0, count: 3}
"""


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        ("default_start", ", init: {type: constant, value: 0.5}", ""),
        ("lr=0.02", "lr: 0.5", "lr: 0.02"),
        ("clipping", "count: 3}\n", "count: 3}\ngradient_clipping: {norm: 1.0}\n"),
        ("adam", "{lr: 0.5, type: SGD}", "{type: Adam, lr: 0.01}"),
    ],
)
def test_a_finding_s_change_is_all_that_changes(change, old, new):
    assert revised(WRITTEN, cured(parse(WRITTEN), change)) == WRITTEN.replace(old, new)


def test_every_change_of_every_preset_is_the_wanted_config():
    made = 0
    for preset in PRESETS.values():
        text, spec = f"# by hand\n{preset.text}", parse(preset.text)
        for change in (*CHANGES, "lr=0.003"):
            wanted = cured(spec, change)
            if wanted is not None:
                found = revised(text, wanted)
                assert found.startswith("# by hand\n") and parse(found).hash == parse(json.dumps(wanted)).hash
                made += 1
    assert made > 50


@pytest.mark.parametrize("text", ["", "model: [", "dataset: xor", "[]"])
def test_a_text_that_is_no_config_is_not_revised(text):
    assert revised(text, json.loads(parse(WRITTEN).to_json())) == ""


def test_a_config_far_from_it_is_reached_or_told_to_be_out_of_reach():
    texts = [preset.text for preset in PRESETS.values()]
    for text, other in zip(texts, texts[1:] + texts[:1], strict=True):
        wanted = parse(other)
        assert (
            revised(text, json.loads(wanted.to_json())) == ""
            or parse(revised(text, json.loads(wanted.to_json()))).hash == wanted.hash
        )
