"""Sweeps in configs: members, price, and error messages."""

import json

import pytest
import yaml

from bpsandbox import core, spec
from bpsandbox.spec import limits
from bpsandbox.spec.sweep import combinations
from tests.steps import steps

from .hostile import memory
from .sweepable import with_value

CONFIG = """
seeds: {count: 2}
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: relu}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 2.0}
training: {epochs: 10}
"""


def swept(parameters, more=""):
    return CONFIG + f"sweep: {{parameters: {{{parameters}}}{more}}}\n"


def settings(text):
    return [setting.values for setting in spec.parse(text).settings]


def test_a_grid_tries_every_combination():
    text = swept('"optimizer.lr": [0.1, 1], "model.layers[0].out_features": [2, 4]')
    assert settings(text) == [
        {"model.layers[0].out_features": width, "optimizer.lr": lr} for width in (2, 4) for lr in (0.1, 1)
    ]


def test_random_draws_as_many_as_the_cap_and_always_the_same():
    text = swept('"optimizer.lr": [1, 2, 3, 4, 5, 6]', ", method: random, run_cap: 3")
    drawn = [values["optimizer.lr"] for values in settings(text)]
    assert len(drawn) == 3 and drawn == sorted(drawn) and drawn != [1, 2, 3]
    assert settings(text) == settings(text)
    assert settings(text.replace("run_cap: 3", "run_cap: 3, seed: 1")) != settings(text)


def test_a_start_that_is_not_written_follows_each_settings_own_activation():
    parsed = spec.parse(swept('"model.layers[0].activation": [relu, tanh]'))
    relu, tanh = (setting.spec.config["model"]["layers"][0] for setting in parsed.settings)
    assert (relu["init"]["type"], tanh["init"]["type"]) == ("kaiming_uniform", "xavier_uniform")
    assert parsed.settings[1].spec.hash == spec.parse(CONFIG.replace("relu", "tanh")).hash


def test_a_start_that_is_written_is_that_of_all_settings():
    parsed = spec.parse("init: normal\n" + swept('"model.layers[0].activation": [relu, tanh]'))
    assert {setting.spec.config["model"]["layers"][0]["init"]["type"] for setting in parsed.settings} == {"normal"}


def test_seeds_that_are_not_written_are_those_of_the_config_without_its_sweep():
    text = swept('"model.layers[0].out_features": [3, 900]').replace("seeds: {count: 2}\n", "")
    assert [setting.spec.seeds for setting in spec.parse(text).settings] == [tuple(range(8))] * 2
    assert spec.parse(CONFIG.replace("seeds: {count: 2}\n", "").replace("features: 3", "features: 900")).seeds == (0,)


LOST = {  # fields without effect at the written value, or with a default derived from another, and what is swept
    ("optimizer: {type: Adam, lr: 0.05, decoupled_weight_decay: true}", "optimizer.weight_decay", (0, 0.1)),
    ("optimizer: {type: SGD, momentum_form: updates}", "optimizer.momentum", (0, 0.9)),
    ("optimizer: SGD\nregularization: {per_sample: true, l2: 0}", "regularization.l2", (0, 0.1)),
    ("optimizer: {type: LBFGS, max_eval: 25}", "optimizer.max_iter", (20, 100)),
    ("optimizer: LBFGS", "optimizer.max_iter", (20, 100)),
    ("compat: keras\noptimizer: SGD", "optimizer.momentum", (0, 0.9)),
    ("compat: keras\noptimizer: SGD", "optimizer.weight_decay", (0, 0.1)),
    ("compat: keras\noptimizer: SGD", "optimizer.type", ("SGD", "Adam")),
}


@pytest.mark.parametrize(("written", "path", "values"), sorted(LOST, key=str))
def test_what_is_written_is_kept_whatever_the_base_has_of_it(written, path, values):
    text = CONFIG.replace("optimizer: {type: SGD, lr: 2.0}", written)
    settings = spec.parse(text + f"sweep: {{parameters: {{{path}: {list(values)}}}}}\n".replace("'", "")).settings
    config = yaml.safe_load(text)
    alone = [spec.parse(json.dumps(with_value(config, path, value))) for value in values]
    assert [setting.spec.config for setting in settings] == [one.config for one in alone]
    assert len({setting.spec.hash for setting in settings}) == 2


def test_the_rate_of_a_layer_stays_although_it_is_the_one_before_the_sweep():
    text = CONFIG.replace("activation: relu", "activation: relu, lr: 2.0")
    rates = [s.spec.config["model"]["layers"][0].get("lr") for s in settings_of(text, '"optimizer.lr": [0.1, 1.0]')]
    assert rates == [2.0, 2.0]


def settings_of(text, parameters):
    return spec.parse(text + f"sweep: {{parameters: {{{parameters}}}}}\n").settings


@pytest.mark.parametrize(("path", "value"), [
    ("optimizer.learning_rate", 0.5), ("model.layers.0.units", 4), ("optimizer.betas", [0.5, 0.6]),
    ("optimizer.betas[0]", 0.5), ("dataset.split.seed", 3), ("training.batch_size", 2), ("init.type", "normal"),
    ("model.layers[0].activation.alpha", 0.5), ("loss.factor", 0.5), ("compat", "keras"), ("gradient_clipping.norm", 1),
])  # fmt: skip
def test_a_path_may_lead_into_short_forms_other_names_and_what_nobody_wrote(path, value):
    text = CONFIG.replace("relu", "elu").replace("{type: SGD, lr: 2.0}", "Adam")
    (setting,) = settings_of(text, f'"{path}": [{json.dumps(value)}]')
    assert list(setting.values.values()) == [value]


def test_names_of_other_libraries_are_read_in_values_too():
    text = CONFIG.replace("xor", "echo, length: 5, n_samples: 20").replace("out_features: 1", "out_features: 5")
    text = text.replace("Linear, out_features: 3, activation: relu", "RNN, hidden_size: 3, return: all").replace(
        "{type: Linear, out_features: 5}", "{type: RNN, hidden_size: 5}"
    )
    (setting,) = settings_of(text, '"model.layers[1].return_sequences": [false]')
    assert setting.values == {"model.layers[1].return": False}


def test_whole_blocks_may_be_swept():
    text = swept("optimizer: [{type: SGD, lr: 1.0}, {type: Adam, lr: 0.01}]")
    assert [setting.spec.config["optimizer"]["type"] for setting in spec.parse(text).settings] == ["SGD", "Adam"]


def test_a_member_is_the_spec_that_its_own_config_would_be():
    member = spec.parse(swept('"optimizer.lr": [0.5]')).settings[0]
    assert member.spec.hash == spec.parse(CONFIG.replace("lr: 2.0", "lr: 0.5")).hash


def test_what_is_stored_is_a_config_of_the_same_name():
    parsed = spec.parse(swept('"optimizer.lr": [0.1, 1]'))
    assert spec.parse(parsed.to_json()).hash == parsed.hash != spec.parse(CONFIG).hash
    again = spec.Spec.from_json(parsed.to_json())
    assert (again.config, again.varied) == (parsed.config, parsed.varied)


def test_sweeps_of_the_same_settings_have_one_hash():
    hashes = {
        spec.parse(text).hash
        for text in (
            swept('"optimizer.lr": [0.1, 1]'),
            swept('"optimizer.lr": [1e-1, 1.0]'),
            swept('"optimizer.learning_rate": [0.1, 1]', ", run_cap: 2"),
            swept('"optimizer.lr": [0.1, 1]').replace("lr: 2.0", "lr: 7.0, momentum: 0"),
            swept("optimizer: [{type: SGD, lr: 0.1}, {type: SGD, lr: 1}]"),
        )
    }
    assert len(hashes) == 1
    assert spec.parse(swept('"optimizer.lr": [1, 0.1]')).hash not in hashes


def test_a_large_grid_is_never_made():
    """Twenty-four million combinations, of which two are drawn: no more is done or kept for each of the others."""
    paths = ("optimizer.lr", "optimizer.momentum", "optimizer.weight_decay", "regularization.l1", "regularization.l2")
    axes = ", ".join(f"{path}: {[i / 64 for i in range(1, 31)]}" for path in paths)
    text = swept(axes, ", method: random, run_cap: 2")
    assert len({tuple(values.values()) for values in spec.parse(text).varied}) == 2
    assert steps(lambda: spec.parse(text)) < 30_000
    assert memory(spec.parse, text) < 1_000_000
    with pytest.raises(spec.InvalidConfig, match="The grid has 24300000 settings"):
        spec.parse(swept(axes))


def test_draws_from_a_large_grid_are_different_settings_in_the_grids_order():
    sweep = {"method": "random", "run_cap": 64, "seed": 0, "parameters": {f"p{i:02}": [0] * 30 for i in range(40)}}
    places = combinations(sweep)
    assert len(set(places)) == 64 and places == sorted(places) and combinations(sweep) == places
    assert all(0 <= place < 30 for each in places for place in each)


def test_rates_and_starts_share_a_stack_and_other_values_do_not():
    groups = {
        name: len({setting.group for setting in spec.parse(swept(f'"{name}": {values}')).settings})
        for name, values in {
            "optimizer.lr": "[0.1, 1]",
            "model.layers[0].init": "[zeros, xavier_uniform]",
            "model.layers[0].lr": "[0.1, 1]",
            "optimizer.momentum": "[0.1, 0.9]",
            "training.batch_size": "[1, 2]",
        }.items()
    }
    assert list(groups.values()) == [1, 1, 1, 2, 2]


def test_a_sweep_costs_what_its_members_cost():
    one, three = spec.price(spec.parse(CONFIG)), spec.price(spec.parse(swept('"optimizer.lr": [0.1, 1, 2]')))
    assert one.seconds < three.seconds < 3 * one.seconds  # the three train as one stack
    assert three.multiply_adds == 3 * one.multiply_adds
    assert one.memory_bytes < three.memory_bytes < 3 * one.memory_bytes


def test_a_sweep_that_is_too_long_says_how_many_settings_fit():
    parsed = spec.parse(swept('"optimizer.lr": [0.1, 1, 2, 3]').replace("epochs: 10", "epochs: 100000"))
    cost = spec.price(parsed)
    problem = next(p for p in limits.check(cost, limits.Caps(seconds=cost.seconds / 1.7)) if p.code == "limit_seconds")
    assert "2 settings would fit." in problem.message


def test_penalties_of_some_members_do_not_hide_the_others_curves():
    *_, last = core.train(spec.build(spec.parse(swept('"regularization.l2": [0, 0.1]'))))
    document = last.result.document().to_json()
    assert [value is None for value in document["final"]["data_loss"]] == [True, True, False, False]
    assert None not in document["final"]["train_loss"]


WRONG = {
    '"optimizer.lr": [0.1, x]': (
        "sweep.parameters.optimizer.lr: With optimizer.lr: x: x is not allowed; expected: a number ≥ 0."
    ),
    '"optimizer.lr": 3': "sweep.parameters.optimizer.lr: optimizer.lr needs a list of values to try.",
    '"optimizer.lr": []': "sweep.parameters.optimizer.lr: optimizer.lr needs a list of values to try.",
    '"foo.lr": [1]': ("sweep.parameters.foo.lr: There is no foo in this config whose lr could be set: write it first."),
    '"model.layers[7].bias": [true]': (
        "sweep.parameters.model.layers[7].bias: There is no model.layers[7] in this config whose bias could be set: "
        "write it first."
    ),
    '"training.epochs": [1]': (
        "sweep.parameters.training.epochs: "
        "training.epochs is the same for all settings of a sweep: it cannot be varied."
    ),
    '"a b": [1]': (
        "sweep.parameters.a b: a b is not a path in the config. Write it like model.layers[0].out_features."
    ),
    f'"optimizer.lr": {list(range(1, 10))}, "optimizer.momentum": {[i / 10 for i in range(9)]}': (
        "sweep.parameters: The grid has 81 settings; run_cap allows 64. Try fewer values, or method: random."
    ),
    "": (
        "sweep.parameters: A mapping is not allowed; expected: a mapping of paths to lists of values, like "
        '{"optimizer.lr": [0.01, 0.1]}.'
    ),
}


@pytest.mark.parametrize("parameters", WRONG)
def test_a_wrong_sweep_is_told_where_it_stands(parameters):
    with pytest.raises(spec.InvalidConfig) as caught:
        spec.parse(swept(parameters))
    (problem,) = caught.value.problems
    assert str(problem).split(": ", 1)[1] == WRONG[parameters]
    assert problem.line == 8 and problem.column > 20


def test_a_wrong_value_is_told_once_however_many_members_have_it():
    text = swept('"optimizer.lr": [0.1, -1], "optimizer.momentum": [0, 0.5, 0.9]')
    with pytest.raises(spec.InvalidConfig) as caught:
        spec.parse(text)
    assert len(caught.value.problems) == 1


def test_another_kind_keeps_nothing_of_the_old_ones_defaults():
    members = spec.parse(CONFIG + "sweep: {parameters: {optimizer.type: [Adam, SGD]}}").settings
    adam, sgd = (member.spec.config["optimizer"] for member in members)
    assert (adam["type"], adam["eps"], "nesterov" in adam) == ("Adam", 1e-8, False)
    assert (sgd["type"], sgd["nesterov"]) == ("SGD", False)


def test_a_schedule_over_the_whole_run_is_one_over_the_members():
    text = CONFIG.replace(", lr: 2.0", "") + "lr_scheduler: {type: OneCycleLR, max_lr: 1}\n"
    members = spec.parse(text + "sweep: {parameters: {training.batch_size: [1, 2, 4]}}").settings
    assert [member.spec.config["lr_scheduler"]["total_steps"] for member in members] == [40, 20, 10]


@pytest.mark.parametrize(("written", "path", "values"), sorted(LOST, key=str))
def test_the_numbers_of_a_setting_are_those_of_its_config_run_alone(written, path, values):
    text = CONFIG.replace("optimizer: {type: SGD, lr: 2.0}", written)
    parsed = spec.parse(text + f"sweep: {{parameters: {{{path}: {list(values)}}}}}\n".replace("'", ""))
    *_, last = core.train(spec.build(parsed))
    together = last.result.document().to_json()
    for member, setting in zip(together["members"], parsed.settings, strict=True):
        alone = core.run(spec.build(spec.parse(setting.spec.to_json()))).document().to_json()
        rows = [[point[row] for row in member["rows"]] for point in together["curves"]["train_loss"]]
        assert rows == [list(point) for point in alone["curves"]["train_loss"]]


def test_a_title_names_no_activation_that_is_varied():
    assert spec.parse(swept('"model.layers[0].activation": [relu, tanh]')).words["title"] == "2-3-1 on XOR"


def test_a_title_names_no_width_that_is_varied():
    assert spec.parse(swept('"model.layers[0].out_features": [2, 4]')).words["title"] == "2-…-1 relu on XOR"


def test_a_title_names_no_layer_whose_type_is_varied():
    layers = "{type: RNN, hidden_size: 3}, {type: Linear, out_features: 2}"
    text = f"""
seeds: {{count: 2}}
dataset: {{name: parity}}
model: {{layers: [{layers}]}}
loss: CrossEntropyLoss
sweep: {{parameters: {{"model.layers[0].type": [RNN, LSTM]}}}}
"""
    assert spec.parse(text).words["title"] == "parity"


def test_a_line_names_no_optimizer_that_is_varied_and_all_rates():
    assert spec.parse(swept("optimizer.type: [SGD, Adam]")).words["line"].startswith("lr 2 · ")
    assert spec.parse(swept("optimizer.lr: [0.1, 1]")).words["line"].startswith("SGD, lr 0.1 … 1 · ")


def test_defaults_of_a_sweep_are_not_stored():
    stored = json.loads(spec.parse(swept('"optimizer.lr": [0.1, 1]')).to_json())
    assert stored["sweep"] == {"parameters": {"optimizer.lr": [0.1, 1]}}
