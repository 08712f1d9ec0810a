"""Edits of a config's text: right by the reader, and no more than was asked for."""

import random

import pytest
import yaml

from bpsandbox.spec import InvalidConfig, parse, read_once
from bpsandbox.spec.checking import KEPT, reading_of
from bpsandbox.spec.controls import controls_of
from bpsandbox.spec.editing import CannotEdit, insert, move, put, remove, span
from bpsandbox.spec.nodes import plain
from bpsandbox.spec.presets import PRESETS
from bpsandbox.spec.problems import Log
from bpsandbox.spec.reading import read
from tests.bpsandbox.spec.random_configs import random_config

LAYERS = ("model", "layers")
WRITTEN = """\
# my config
optimizer: Adam  # try SGD
model:
  layers:
    # first
    - type: Dense
      units: 3
      activation: tanh  # or relu
    # second
    - {type: Linear, out_features: 1}  # the head

loss: MSELoss
dataset: xor
training:
notes: |
  two
  lines
"""


def meaning(text):
    tree = read(text, Log())
    return plain(tree) if tree is not None else None


def at(value, path):
    for part in path:
        value = value[part]
    return value


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("optimizer", "lr"), 0.1, "optimizer: {type: Adam, lr: 0.1}  # try SGD"),
        (("optimizer", "type"), "Lion", "optimizer: Lion  # try SGD"),
        ((*LAYERS, 0, "out_features"), 5, "      units: 5"),
        ((*LAYERS, 0, "activation"), "relu", "      activation: relu  # or relu"),
        ((*LAYERS, 1, "activation"), "tanh", "    - {type: Linear, out_features: 1, activation: tanh}  # the head"),
        (("dataset", "noise"), 0.5, "dataset: {name: xor, noise: 0.5}"),
        (("training", "epochs"), 7, "training: {epochs: 7}"),
        (("loss",), {"type": "L1Loss"}, "loss: {type: L1Loss}"),
    ],
)
def test_a_value_is_replaced_or_added_and_no_other_line_changes(path, value, line):
    made = put(WRITTEN, path, value)
    new, old = made.split("\n"), WRITTEN.split("\n")
    assert line in new and len(new) == len(old) and sum(a != b for a, b in zip(new, old, strict=True)) == 1


def test_a_block_that_is_not_written_is_added_at_the_end_or_in_its_mapping():
    made = put(WRITTEN, ("regularization", "l2"), 1e-5)
    assert made.startswith(WRITTEN.rstrip("\n")) and meaning(made)["regularization"] == {"l2": 1e-05}
    made = put(WRITTEN, (*LAYERS, 0, "bias"), False)
    assert "      activation: tanh  # or relu\n      bias: false\n    # second" in made


def test_json_stays_json():
    text = (
        '{"model": {"layers": [{"type": "Linear", "out_features": 1}]}, "loss": "MSELoss", "dataset": {"name": "xor"}}'
    )
    import json

    for path, value in ((("optimizer", "lr"), 0.5), (("dataset", "name"), "and"), ((*LAYERS, 0, "activation"), "tanh")):
        text = put(text, path, value)
    text = insert(text, LAYERS, 0, {"type": "Linear", "out_features": 4})
    assert json.loads(text)["model"]["layers"][0]["out_features"] == 4 and json.loads(text)["optimizer"]["lr"] == 0.5


def test_layers_move_with_the_comments_above_them():
    made = move(WRITTEN, LAYERS, 0, 1)
    second, first = (
        made.index("    # second\n    - {type"),
        made.index("    # first\n    - type: Dense\n      units: 3"),
    )
    assert second < first and made.count("\n") == WRITTEN.count("\n")
    assert move(made, LAYERS, 1, 0) == WRITTEN


def test_removing_takes_the_lines_of_a_field_and_an_empty_block_with_it():
    assert "activation" not in remove(WRITTEN, (*LAYERS, 0, "activation"))
    assert remove(put(WRITTEN, ("training", "epochs"), 3), ("training", "epochs")) == WRITTEN.replace("training:\n", "")
    assert "    - units: 3\n" in remove(WRITTEN, (*LAYERS, 0, "type"))
    assert remove(WRITTEN, ("sweep",)) == WRITTEN


def test_edits_of_random_configs_change_what_they_say_and_nothing_else():
    seed = 7
    chance = random.Random(seed)
    for _ in range(150):
        text = random_config(chance)
        if chance.random() < 0.5:
            text = yaml.safe_dump(yaml.safe_load(text), default_flow_style=False, sort_keys=False)
        before = meaning(text)
        if before is None:
            continue
        made = put(text, ("optimizer", "lr"), 0.125)
        after = meaning(made)
        assert {k: v for k, v in after.items() if k != "optimizer"} == {
            k: v for k, v in before.items() if k != "optimizer"
        }
        assert 0.125 in after["optimizer"].values(), (seed, text)
        count = len(before["model"]["layers"])
        new = {"type": "Linear", "out_features": 9}
        index = chance.randrange(count + 1)
        made = insert(text, LAYERS, index, new)
        layers = list(before["model"]["layers"])
        layers.insert(index, new)
        assert meaning(made) == before | {"model": {"layers": layers}}, text
        assert meaning(remove(made, (*LAYERS, index))) == before, made
        to, start = chance.randrange(count + 1), chance.randrange(count + 1)
        layers.insert(to, layers.pop(start))
        assert meaning(move(made, LAYERS, start, to)) == before | {"model": {"layers": layers}}, made


def test_the_place_of_a_value_is_where_it_is_written():
    for preset in PRESETS.values():
        found = span(preset.text, (*LAYERS, 0, "type"))
        assert found and preset.text[slice(*found)] in ("Linear", "Flatten", "Conv2d", "RNN", "LSTM")
    assert span(WRITTEN, ("training", "epochs")) is None and span(WRITTEN, LAYERS) is None
    assert WRITTEN[slice(*span(WRITTEN, (*LAYERS, 0, "out_features")))] == "3"


@pytest.mark.parametrize("text", ["", "- a", "a: [", "{" * 300, "&a [*a, *a]", "x: 1\n" * 40_000, "a: b: c", "\0"])
def test_a_text_that_cannot_be_read_is_refused(text):
    with pytest.raises(CannotEdit):
        put(text, ("optimizer", "lr"), 1)


def test_places_that_are_not_there_are_refused():
    for act in (
        lambda: put(WRITTEN, (*LAYERS, 9, "out_features"), 1),
        lambda: move(WRITTEN, LAYERS, 0, 5),
        lambda: insert(WRITTEN, ("stopping",), 0, {}),
        lambda: remove(remove(WRITTEN, (*LAYERS, 0)), (*LAYERS, 0)),
    ):
        with pytest.raises(CannotEdit):
            act()


def test_what_is_read_once_is_the_same_for_everything_that_is_made_of_it():
    wrong = PRESETS["xor"].text.replace("MSELoss", "MSELos") + "record: {worked_example: {seed: 77}}\n"
    for text in (PRESETS["moons"].text, wrong, "a: ["):
        alone = [problems(text), controls_of(text), problems(text)]
        with read_once():
            assert [problems(text), controls_of(text), problems(text)] == alone
            assert reading_of(text) is reading_of(text)
        assert reading_of(text) is not reading_of(text)


def problems(text):
    try:
        return parse(text).hash
    except InvalidConfig as error:
        return error.problems


def test_only_the_last_readings_are_kept():
    with read_once():
        first = reading_of("a: 1")
        for i in range(KEPT):
            reading_of(f"b: {i}")
        assert reading_of("a: 1") is not first
