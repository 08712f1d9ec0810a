"""The canonical form: every default, nothing else, and a hash that identifies it."""

import json

import pytest

from bpsandbox import messages, spec

from .configs import XOR, problems


def config(text):
    return spec.parse(text).config


def test_defaults_are_written_down():
    assert config(XOR) == {
        "version": 1,
        "dtype": "float64",
        "dataset": {
            "name": "xor",
            "standardize": "none",
            "split": {"val": 0.0, "test": 0.0, "stratify": False, "seed": 0},
        },
        "model": {
            "layers": [
                {
                    "type": "Linear",
                    "out_features": 3,
                    "bias": True,
                    "activation": {"type": "sigmoid"},
                    "init": {"type": "xavier_uniform", "gain": 1.0},
                    "bias_init": {"type": "zeros"},
                    "trainable": True,
                },
                {
                    "type": "Linear",
                    "out_features": 1,
                    "bias": True,
                    "activation": {"type": "sigmoid"},
                    "init": {"type": "xavier_uniform", "gain": 1.0},
                    "bias_init": {"type": "zeros"},
                    "trainable": True,
                },
            ]
        },
        "loss": {"type": "MSELoss", "reduction": "mean", "factor": 1.0},
        "regularization": {"l1": 0.0, "l2": 0.0, "bias": False},
        "optimizer": {
            "type": "SGD", "lr": 0.01, "momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0,
        },
        "training": {"epochs": 100, "batch_size": "full", "shuffle": True, "eval_every": 1},
        "stopping": [],
        "metrics": [],
        "checks": {},
        "record": {},
        "seeds": [0, 1, 2, 3, 4, 5, 6, 7],
    }  # fmt: skip


def test_the_hash_is_of_the_meaning_and_not_of_the_writing():
    same = """{"loss": "mse", "title": "other words", "notes": "and more",
      "model": {"layers": [{"type": "Dense", "units": 3, "activation": "logistic"}, {"type": "Linear",
      "in_features": 3, "out_features": 1e0, "activation": {"type": "sigmoid"}, "init": "glorot_uniform"}]},
      "dataset": {"name": "xor"}, "training": {"max_iter": 100}, "seeds": {"start": 0, "count": 8}}"""
    assert spec.parse(same).hash == spec.parse(XOR).hash
    assert spec.parse(XOR + "training: {epochs: 101}\n").hash != spec.parse(XOR).hash
    assert len(spec.parse(XOR).hash) == 32


def test_a_number_is_the_same_however_it_is_written():
    hashes = {
        spec.parse(XOR + f"optimizer: {{type: SGD, lr: 1, momentum: {zero}}}\n").hash for zero in ("0", "0.0", "-0.0")
    }
    hashes |= {spec.parse(XOR + f"optimizer: {{type: SGD, lr: {one}}}\n").hash for one in ("1", "1.0", "1e0", "+1.00")}
    assert len(hashes) == 1


def test_the_hash_of_a_config_never_changes():
    assert spec.parse(XOR).hash == HASH_OF_XOR


def test_other_libraries_names_are_rewritten_with_a_note():
    text = XOR.replace("Linear, out_features: 3", "Dense, units: 3").replace("{type: MSELoss}", "mse")
    assert spec.parse(text).notes == (
        "Dense is read as Linear.",
        "units is read as out_features.",
        "mse is read as MSELoss.",
    )


def test_a_field_and_its_alias_do_not_go_together():
    assert "duplicate" in {p.code for p in problems(XOR + "optimizer: {type: SGD, lr: 1, learning_rate: 2}\n")}


def test_json_there_and_back_is_the_same_spec():
    parsed = spec.parse(XOR)
    again = spec.Spec.from_json(parsed.to_json())
    assert (again.config, again.hash, again.seeds) == (parsed.config, parsed.hash, parsed.seeds)


def test_every_preset_is_valid_names_itself_and_survives_json():
    for name, preset in spec.presets.PRESETS.items():
        parsed = spec.parse(preset.text)
        assert parsed.title, name
        assert spec.Spec.from_json(parsed.to_json()).hash == parsed.hash
        assert spec.limits.check(spec.price(parsed)) == ()


@pytest.mark.parametrize(("activation", "init"), [
    *((name, "kaiming_uniform") for name in ("relu", "leaky_relu", "elu", "gelu", "silu", "mish")),
    *((name, "xavier_uniform") for name in ("tanh", "selu", "sigmoid", "softplus")),
])  # fmt: skip
def test_the_start_is_chosen_by_the_activation_on_the_layer_or_after_it(activation, init):
    on = config(XOR.replace("sigmoid", activation, 1))
    after = config(XOR.replace(", activation: sigmoid}\n    - {type: Linear, out_features: 1",
        f"}}\n    - {{type: {activation}}}\n    - {{type: Linear, out_features: 1", 1))  # fmt: skip
    assert on["model"]["layers"][0]["init"]["type"] == init
    assert after["model"]["layers"][0]["init"]["type"] == init


def test_a_preset_start_is_one_for_the_bias_too():
    layers = config(XOR + "init: torch_default\n")["model"]["layers"]
    assert [layer["bias_init"] for layer in layers] == [{"type": "torch_default"}] * 2
    own = config(XOR + "init: torch_default\nbias_init: zeros\n")["model"]["layers"]
    assert [layer["bias_init"] for layer in own] == [{"type": "zeros"}] * 2


@pytest.mark.parametrize(("change", "count"), [
    ("", 8), ("seed: 5\n", 1), ("seeds: [4, 2]\n", 2), ("seeds: {count: 3}\n", 3),
    ("training: {epochs: 50000000}\n", 1),
])  # fmt: skip
def test_toy_runs_have_eight_seeds(change, count):
    assert len(spec.parse(XOR + change).seeds) == count


def test_a_larger_net_has_one_seed():
    assert spec.parse(XOR.replace("out_features: 3", "out_features: 800")).seeds == (0,)


@pytest.mark.parametrize(("epochs", "every"), [(100, 1), (2000, 1), (2001, 2), (5000, 3)])
def test_at_most_two_thousand_points_are_recorded_by_default(epochs, every):
    assert config(XOR + f"training: {{epochs: {epochs}}}\n")["training"]["eval_every"] == every


def test_batches_are_32_and_full_for_small_data():
    assert config(XOR)["training"]["batch_size"] == "full"
    assert config(XOR.replace("xor", "circle"))["training"]["batch_size"] == 32
    assert config(XOR + "training: {batch_size: 9}\n")["training"]["batch_size"] == "full"


def test_a_monitor_follows_the_validation_part():
    stopping = "stopping: EarlyStopping\n"
    assert config(XOR + stopping)["stopping"][0]["monitor"] == "train_loss"
    split = XOR.replace("xor", "circle, split: {val: 0.2}")
    assert config(split + stopping)["stopping"][0]["monitor"] == "val_loss"


def test_words():
    parsed = spec.parse(XOR + "seeds: {count: 16}\noptimizer: {type: SGD, lr: 2.0}\ntraining: {epochs: 5000}\n")
    assert parsed.words == {"title": "2-3-1 sigmoid on XOR", "line": "SGD, lr 2 · 16 seeds · 5,000 epochs"}


def test_words_are_translated():
    with messages.speaking(lambda text: {"{count} seeds": "{count} 个种子"}.get(text, text)):
        assert "8 个种子" in spec.parse(XOR).words["line"]


def test_problems_are_translated():
    with messages.speaking(lambda text: text.upper() if "{" not in text else text):
        assert problems("")[0].message == "THE CONFIG IS EMPTY. IT NEEDS DATASET, MODEL AND LOSS."


def test_the_canonical_form_holds_only_finite_json():
    json.loads(spec.parse(XOR).to_json(), parse_constant=lambda name: pytest.fail(name))


HASH_OF_XOR = "186bf32af59d079dc20c3ca32d0752b9"
