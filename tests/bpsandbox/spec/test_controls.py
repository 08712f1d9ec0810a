"""Controls of a config: what they show, and that the text after any of them is a config that can be run."""

import pytest

from bpsandbox.spec import InvalidConfig, parse
from bpsandbox.spec.controls import CannotEdit, change, controls_of, swept
from bpsandbox.spec.language.dataset import NAMED
from bpsandbox.spec.language.loss import LOSS
from bpsandbox.spec.language.optimizer import OPTIMIZER
from bpsandbox.spec.presets import PATH, PRESETS
from tests.full import FULL, some

CIRCLE = PRESETS["circle"].text


def test_controls_show_what_is_written_and_what_is_the_default():
    shown = controls_of(
        "dataset: xor\nmodel: {layers: [{type: Dense, units: 2, activation: tanh}, Flatten]}\nloss: mse\n"
    )
    assert (shown.dataset, shown.loss.value, shown.optimizer.value, shown.rate.value) == ("xor", "MSELoss", "SGD", 0.01)
    assert (shown.batch.value, shown.epochs.value, shown.seeds.value, shown.sweep.value) == ("full", 100, 8, "")
    assert [(layer.type, layer.size and layer.size.value) for layer in shown.layers] == [
        ("Linear", 2),
        ("Flatten", None),
    ]
    assert shown.layers[0].activation.value == "tanh" and "optimizer.lr" not in shown.places


def test_places_are_those_of_the_values():
    for preset in PRESETS.values():
        shown = controls_of(preset.text)
        for control in (*shown.numbers, *shown.choices):
            if control.at:
                word = preset.text[slice(*control.at)]
                value = control.value
                assert float(word) == value if isinstance(value, int | float) else word == value, control.name


def test_wrong_values_leave_the_other_controls():
    shown = controls_of(CIRCLE.replace("noise: 0.05", "noise: -1").replace("tanh", "tahn"))
    assert shown.dataset == "circle" and shown.rate.value == 0.03
    assert controls_of("a: [") is None and controls_of("") is None and controls_of("dataset: xor") is None


@pytest.mark.parametrize(("outputs", "count"), [(256, 1), (16, 8)])
def test_seeds_that_are_not_written_are_those_of_the_run(outputs, count):
    layers = f"[Flatten, {{type: Linear, out_features: {outputs}}}, {{type: Linear, out_features: 10}}]"
    text = f"dataset: digits\nmodel: {{layers: {layers}}}\nloss: CrossEntropyLoss\ntraining: {{epochs: 1}}\n"
    assert len(parse(text).config["seeds"]) == controls_of(text).seeds.value == count
    assert parse(change(text, "seeds.new", "")).config["seeds"] == list(range(count, 2 * count))


def test_a_probability_goes_by_tenths():
    last = "    - {type: Linear, out_features: 1}"
    text = CIRCLE.replace(last, "    - {type: Dropout, p: 0.3}\n" + last)
    shown = controls_of(text)
    assert [(layer.size.nudge, layer.size.low, layer.size.high) for layer in shown.layers[:2]] == [
        ("1", 1, 64),
        ("0.1", 0.0, 0.9),
    ]


def test_the_learning_rate_finder_is_a_control():
    with_it = change(CIRCLE, "record.lr_range", "on")
    assert controls_of(with_it).finds_rate and parse(with_it).config["record"]["lr_range"]
    assert not controls_of(CIRCLE).finds_rate and not controls_of(change(with_it, "record.lr_range", "")).finds_rate
    with pytest.raises(CannotEdit):
        change(CIRCLE, "record.weights", "on")


def test_the_share_of_the_test_part_is_a_control_where_there_are_samples_enough():
    held = change(CIRCLE, "dataset.split.test", "0.25")
    assert parse(held).config["dataset"]["split"]["test"] == 0.25
    assert held[slice(*controls_of(held).places["dataset.split.test"])] == "0.25"
    assert change(held, "dataset.split.test", "0") == CIRCLE
    known = {name: [each.name for each in controls_of(PRESETS[name].text).data] for name in ("circle", "digits", "xor")}
    assert [name for name, names in known.items() if "dataset.split.test" in names] == ["circle", "digits"]
    with pytest.raises(CannotEdit):
        change(CIRCLE, "dataset.split.val", "0.2")


@pytest.mark.parametrize("key", ["{}", "[a, b]", "{a: b}"])
def test_a_key_that_is_no_word_leaves_the_controls(key):
    text = CIRCLE.replace("{type: Adam, lr: 0.03}", f"{{type: Adam, {key}: 0.03}}")
    assert key in text and controls_of(text).optimizer.value == "Adam"
    assert f"{key}: 0.03, lr: 0.5" in change(text, "optimizer.lr", "0.5")


FEW = ("xor", "circle", "digits-cnn", "lstm")


@pytest.mark.parametrize("presets", [FEW, pytest.param([*PRESETS], marks=FULL)], ids=["few", "every"])
@pytest.mark.parametrize("name", NAMED.records)
def test_any_data_set_can_be_chosen_from_any_plain_preset(name, presets):
    for preset in map(PRESETS.get, presets):
        made = change(preset.text, "dataset.name", name)
        problems = []
        try:
            parse(made)
        except InvalidConfig as error:
            problems = [p.code for p in error.problems]
        # a monitor of a part that four examples cannot have is left to its author, with the checker's advice
        assert not problems or problems == ["monitor"], (preset.name, name, problems, made)


@pytest.mark.parametrize("loss", LOSS.records)
def test_the_head_follows_the_loss(loss):
    made = change(CIRCLE, "loss.type", loss)
    assert parse(made).config["loss"]["type"] == loss


@pytest.mark.parametrize("optimizer", OPTIMIZER.records)
def test_fields_of_another_optimizer_go(optimizer):
    text = CIRCLE.replace("{type: Adam, lr: 0.03}", "{type: SGD, lr: 0.1, momentum: 0.9, nesterov: true}")
    assert parse(change(text, "optimizer.type", optimizer)).config["optimizer"]["type"] == optimizer


CHANGES = (
    ("layers.add", "1"), ("layers.add", "0"), ("layers.0.size", "6"), ("layers.1.activation", "identity"),
    ("layers.0.right", ""), ("layers.1.left", ""), ("layers.move", "1:0"), ("layers.1.remove", ""),
    ("optimizer.lr", "0.003"), ("optimizer.lr", "1e-5"), ("training.epochs", "3"), ("training.batch_size", "full"),
    ("seeds.count", "3"), ("seeds.new", ""), ("seeds.new", ""), ("features.x^2", "on"), ("features.x", ""),
    ("features.x", "on"), ("features.x^2", ""), ("dataset.noise", "0.3"), ("dataset.n_samples", "50"),
    ("dataset.split.test", "0.3"), ("dataset.split.test", "0"),
    ("sweep", "rate"), ("sweep", "size"), ("sweep", "batch"), ("sweep", "optimizer"), ("sweep", ""),
)  # fmt: skip


def test_every_control_leaves_a_config_that_can_be_run():
    text = CIRCLE
    for name, value in CHANGES:
        text = change(text, name, value)
        parse(text)
    shown = controls_of(text)
    assert (shown.rate.value, shown.epochs.value, shown.batch.value, shown.seeds.value) == (1e-5, 3, "full", 3)
    assert parse(text).config["seeds"] == [6, 7, 8]
    assert text.startswith("title: A disc inside a ring\n") and ", features" not in text and "sweep" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [("", ""), ("nonsense", "1"), ("optimizer.lr", "nan"), ("optimizer.lr", "fast"), ("optimizer.lr", "9" * 80),
     ("layers.9.remove", ""), ("layers.x.size", "3"), ("layers.0.size", ""), ("dataset.name", "../etc"),
     ("dataset.points", "1"), ("features.z", "on"), ("training.seed", "1"), ("loss.type", "x"), ("sweep", "x"),
     ("layers.move", "0"), ("layers.add", "-1"), ("seeds.count", "many"), ("layers.0.activation", "{a: b}"),
     ("layers.00.size", "3"), ("layers.0e0.size", "3"), ("layers.+0.size", "3"), ("layers.1_0.size", "3")],
)  # fmt: skip
def test_what_no_control_sends_is_refused(name, value):
    with pytest.raises(CannotEdit):
        change(CIRCLE, name, value)


def test_layers_that_cannot_be_read_are_not_moved():
    with pytest.raises(CannotEdit):
        change(CIRCLE.partition("model:")[0] + "model: {layers: [1, 2]}\n", "layers.move", "0:1")


def test_the_path_has_every_preset_once():
    assert [name for group in PATH.values() for name in group] == list(PRESETS) and len(PRESETS) == 15


def test_penalties_are_written_and_removed():
    text = CIRCLE
    for name, value in {
        "regularization.l1": "0.001",
        "regularization.l2": "0.03",
        "optimizer.weight_decay": "0.01",
    }.items():
        text = change(text, name, value)
    config = parse(text).config
    assert (config["regularization"]["l1"], config["regularization"]["l2"]) == (0.001, 0.03)
    assert config["optimizer"]["weight_decay"] == 0.01
    assert [each.value for each in controls_of(text).penalties] == ["0.001", "0.03", "0.01"]
    for name in ("regularization.l1", "regularization.l2"):
        text = change(text, name, "0")
    assert "regularization" not in text


def test_a_penalty_that_is_no_choice_of_the_list_is_one_of_its_own():
    text = CIRCLE + "regularization: {l2: 5.0e-4}\n"
    penalty = controls_of(text).penalties[1]
    assert penalty.value == "5.0e-4" and penalty.options[-1] == "5.0e-4" and text[slice(*penalty.at)] == "5.0e-4"


def test_alpha_is_the_l2_penalty_by_another_name():
    text = CIRCLE + "regularization: {alpha: 0.01}\n"
    penalty = controls_of(text).penalties[1]
    assert (penalty.name, penalty.value) == ("regularization.alpha", "0.01")
    assert parse(change(text, penalty.name, "0.03")).config["regularization"]["l2"] == 0.03
    assert "regularization" not in change(text, penalty.name, "0")


def test_an_optimiser_has_its_own_weight_decay():
    assert controls_of(change(CIRCLE, "optimizer.type", "AdamW")).penalties[2].value == "0.01"
    with pytest.raises(CannotEdit):
        change(CIRCLE, "regularization.bias", "1")


DIGITS, LSTM = PRESETS["digits-cnn"].text, PRESETS["lstm"].text
PARITY = change(LSTM, "dataset.name", "parity")


def test_types_are_offered_where_the_samples_fit():
    shown = controls_of(DIGITS).layers
    assert shown[0].adds == ("Conv2d", "MaxPool2d", "AvgPool2d", "Dropout", "BatchNorm2d", "LayerNorm", "relu")
    assert shown[-1].adds == ("Linear", "Dropout", "BatchNorm1d", "LayerNorm", "relu")
    assert shown[-1].kind.options == ("Linear",)
    assert "Embedding" in controls_of(PARITY).layers[0].adds and "Conv2d" not in controls_of(PARITY).layers[0].adds
    assert {"RNN", "LSTM", "GRU"} < set(controls_of(LSTM).layers[0].kind.options)
    assert "Linear" not in controls_of(LSTM).layers[0].kind.options
    assert "Flatten" not in controls_of(CIRCLE).layers[0].adds


TEXTS = {name: preset.text for name, preset in PRESETS.items()} | {"parity": PARITY}


@pytest.mark.parametrize("name", some(TEXTS, kept={"xor", "circle", "digits-cnn", "parity"}))
def test_all_that_is_offered_can_be_run(name):
    text = TEXTS[name]
    layers = controls_of(text).layers
    for layer in layers:
        for kind in layer.adds:
            made = change(text, "layers.add", f"{layer.index}:{kind}")
            assert len(parse(made).config["model"]["layers"]) == len(layers) + 1
        for choice in (layer.kind, *(each for each in layer.settings if hasattr(each, "options"))):
            for word in choice.options:
                parse(change(text, choice.name, word))


def test_a_layer_of_another_type_keeps_its_outputs_its_place_and_its_comments():
    text = LSTM.replace(
        "{layers: [{type: LSTM, hidden_size: 8}, {type: Linear, out_features: 1}]}",
        """
  layers:
    # it remembers
    - type: LSTM
      hidden_size: 8  # small
      bias: false
    - {type: Linear, out_features: 1}""",
    )
    made = change(text, "layers.0.type", "GRU")
    assert made == text.replace("type: LSTM", "type: GRU")
    stacked = change(text, "layers.add", "0:RNN")
    assert "- {type: RNN, hidden_size: 4, return: all}" in stacked.replace("hidden_size: 8, ", "hidden_size: 4, ")
    line = "{type: Linear, out_features: 8, activation: tanh}"
    assert line.replace("Linear", "Dropout").replace("out_features: 8, activation: tanh", "p: 0.2") in change(
        CIRCLE, "layers.0.type", "Dropout"
    )
    assert change(change(CIRCLE, "layers.0.type", "Dropout"), "layers.0.type", "Dropout").count("Dropout") == 1


def test_the_number_of_outputs_is_renamed_where_it_is_written():
    layers = "[{type: Conv2d, filters: 3, kernel_size: 3}, Flatten, {units: 10, type: Dense}]"
    text = f"dataset: digits\nmodel:\n  layers: {layers}\nloss: CrossEntropyLoss\n"
    assert "{type: MaxPool2d, kernel_size: 2}" in change(text, "layers.0.type", "MaxPool2d")
    assert "[Reshape, " not in change(text, "layers.1.type", "Flatten")
    echo = change(LSTM, "dataset.name", "sine_next")
    many = change(echo, "layers.add", "0:Linear")
    assert "{type: RNN, hidden_size: 4, return: all}" in change(many, "layers.0.type", "RNN")


def test_settings_of_a_layer_are_controls():
    first = controls_of(DIGITS).layers[0]
    assert [(each.name, each.value) for each in first.settings] == [
        ("layers.0.kernel_size", 3),
        ("layers.0.stride", 1),
        ("layers.0.padding", "1"),
    ]
    made = change(change(DIGITS, "layers.0.kernel_size", "5"), "layers.0.padding", "same")
    assert "kernel_size: 5, padding: same" in made and controls_of(made).layers[0].shape == (8, 8, 8)
    assert "last" in controls_of(LSTM).layers[0].settings[0].options
    assert "all" not in controls_of(LSTM).layers[0].settings[0].options  # the last layer takes a row
    shaped = change(DIGITS, "layers.add", "0:Reshape") if "Reshape" in controls_of(DIGITS).layers[0].adds else DIGITS
    parse(shaped)
    with pytest.raises(CannotEdit):
        change(DIGITS, "layers.0.hidden_size", "3")


def test_a_residual_goes_on_adding_the_same_layer():
    deep = change(change(CIRCLE, "layers.add", "1:Linear"), "layers.add", "2:Add")
    assert "{type: Add, from: 0}" in deep
    assert "{type: Add, from: 1}" in change(deep, "layers.add", "0:Dropout")
    assert "{type: Add, from: 1}" in change(deep, "layers.0.right", "")
    assert "{type: Add, from: 0}" in change(change(deep, "layers.add", "0:Dropout"), "layers.0.remove", "")


SWEPT = """dataset: xor
model:
  layers:
    - {type: Linear, out_features: 2, activation: tanh}
    - {type: Linear, out_features: 3, activation: relu}
    - {type: Linear, out_features: 1}
loss: mse
sweep:
  parameters:
    {"model.layers[0].out_features": [1, 2], 'model.layers[1].activation': [relu, tanh], optimizer.lr: [1]}
"""


def swept_after(name, value=""):
    return {*parse(change(SWEPT, name, value)).config["sweep"]["parameters"]}


def test_a_sweep_goes_on_varying_the_same_layers():
    first, second, rate = "model.layers[0].out_features", "model.layers[1].activation", "optimizer.lr"
    assert swept_after("layers.add", "0:Dropout") == {first.replace("0", "1"), second.replace("1", "2"), rate}
    assert swept_after("layers.add", "1:Dropout") == {first, second.replace("1", "2"), rate}
    assert swept_after("layers.0.right") == {first.replace("0", "1"), second.replace("1", "0"), rate}
    assert swept_after("layers.0.remove") == {second.replace("1", "0"), rate}
    assert "'model.layers[0].activation': [relu, tanh]" in change(SWEPT, "layers.0.remove", "")
    lone = change(CIRCLE, "sweep", "size")
    assert "sweep" in parse(lone).config
    assert "sweep" not in parse(change(change(lone, "layers.add", "1:Linear"), "layers.0.remove", "")).config
    dotted = SWEPT.replace('"model.layers[0].out_features"', "model.layers.0.out_features")
    assert "{model.layers.1.out_features: [1, 2]" in change(dotted, "layers.add", "0:Dropout")


def test_a_sweep_follows_a_layer_that_becomes_one_of_another_type():
    echo = change(LSTM, "dataset.name", "sine_next")
    many = change(change(echo, "layers.add", "0:Linear"), "sweep", "size")
    assert swept(many) == ("model.layers[0].out_features",)
    parse(many)
    recurrent = change(many, "layers.0.type", "RNN")
    assert swept(recurrent) == ("model.layers[0].hidden_size",)
    parse(recurrent)
    assert swept(change(recurrent, "layers.0.type", "Linear")) == ("model.layers[0].out_features",)
    dotted = many.replace("model.layers[0].out_features", "model.layers.0.out_features")
    assert swept(change(dotted, "layers.0.type", "LSTM")) == ("model.layers.0.hidden_size",)


def test_a_sweep_leaves_out_what_the_new_type_of_a_layer_does_not_have():
    assert "model.layers[1].activation" in swept(change(SWEPT, "layers.1.type", "LayerNorm"))
    without = change(SWEPT, "layers.0.type", "Dropout")
    assert swept(without) == ("model.layers[1].activation", "optimizer.lr")
    parse(without)
    lone = change(change(CIRCLE, "layers.add", "0:Linear"), "sweep", "size")
    alone = change(lone, "layers.0.type", "Dropout")
    assert swept(alone) == () and "sweep" not in parse(alone).config


def test_a_layer_is_added_with_the_button_where_none_is_offered():
    text = CIRCLE
    while controls_of(text).layers[0].adds:
        text = change(text, "layers.add", "0:Dropout")
    last = controls_of(text).last
    made = controls_of(change(text, "layers.add", str(last)))
    assert len(made.layers) == last + 2  # the check says that these are too many


@pytest.mark.parametrize(
    ("name", "value"),
    [("layers.add", "0:Conv2d"), ("layers.add", "9:Linear"), ("layers.add", "0:nonsense"), ("layers.0.type", "LSTM"),
     ("layers.0.type", "nonsense"), ("layers.0.type", ""), ("layers.1.type", "Dropout"), ("layers.add", ":Linear")],
)  # fmt: skip
def test_what_does_not_fit_is_refused(name, value):
    with pytest.raises(CannotEdit):
        change(CIRCLE, name, value)


def test_a_model_with_as_many_layers_as_a_run_may_have_gets_no_more():
    text = CIRCLE
    for _ in range(10):
        text = change(text, "layers.add", "0:Dropout")
    assert {layer.adds for layer in controls_of(text).layers} == {()}
    broken = CIRCLE.replace("{type: Linear, out_features: 8, activation: tanh}", "{type: LSTM, hidden_size: 8}")
    assert "Linear" in controls_of(broken).layers[0].kind.options  # what mends it is offered
