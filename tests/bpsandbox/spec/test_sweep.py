"""A sweep in the config: its members, its price, and what is said of a wrong one."""

import pytest

from bpsandbox import core, spec
from bpsandbox.spec import limits

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


def test_members_are_the_config_with_defaults_written_out_and_one_thing_changed():
    parsed = spec.parse(swept('"model.layers[0].activation": [relu, tanh]'))
    relu, tanh = (setting.spec.config["model"]["layers"][0] for setting in parsed.settings)
    assert tanh["activation"] == {"type": "tanh"}
    assert tanh["init"] == relu["init"] and relu["init"]["type"] == "kaiming_uniform"


def test_whole_blocks_may_be_swept():
    text = swept("optimizer: [{type: SGD, lr: 1.0}, {type: Adam, lr: 0.01}]")
    assert [setting.spec.config["optimizer"]["type"] for setting in spec.parse(text).settings] == ["SGD", "Adam"]


def test_a_member_is_the_spec_that_its_own_config_would_be():
    member = spec.parse(swept('"optimizer.lr": [0.5]')).settings[0]
    assert member.spec.hash == spec.parse(CONFIG.replace("lr: 2.0", "lr: 0.5")).hash


def test_the_canonical_form_is_a_config_of_the_same_name():
    parsed = spec.parse(swept('"optimizer.lr": [0.1, 1]'))
    assert spec.parse(parsed.to_json()).hash == parsed.hash != spec.parse(CONFIG).hash


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
    problem = next(p for p in limits.check(cost, limits.Caps(seconds=cost.seconds / 1.9)) if p.code == "limit_seconds")
    assert "2 settings would fit." in problem.message


def test_penalties_of_some_members_do_not_hide_the_others_curves():
    *_, last = core.train(spec.build(spec.parse(swept('"regularization.l2": [0, 0.1]'))))
    document = last.result.document()
    assert [value is None for value in document["final"]["data_loss"]] == [True, True, False, False]
    assert None not in document["final"]["train_loss"]


WRONG = {
    '"optimizer.lr": [0.1, x]': (
        "sweep.parameters.optimizer.lr: With optimizer.lr: x: x is not allowed here; expected: a number ≥ 0."
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
        "sweep.parameters: A mapping is not allowed here; expected: a mapping of paths to lists of values, like "
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
    text = CONFIG + "lr_scheduler: {type: OneCycleLR, max_lr: 1}\n"
    members = spec.parse(text + "sweep: {parameters: {training.batch_size: [1, 2, 4]}}").settings
    assert [member.spec.config["lr_scheduler"]["total_steps"] for member in members] == [40, 20, 10]
