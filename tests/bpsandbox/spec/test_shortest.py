"""The minimal form of a config."""

import json
import random
from unittest.mock import patch

import pytest

from bpsandbox import spec
from bpsandbox.spec import shortest
from tests.full import some

from .random_configs import random_config


@pytest.mark.parametrize("seed", some(range(40), every=3))
def test_a_short_config_is_the_same_spec_and_never_the_whole_of_it(seed):
    try:
        parsed = spec.parse(random_config(random.Random(seed)))
    except spec.InvalidConfig:
        return
    short = spec.shortest(parsed)
    assert spec.parse(json.dumps(short)).hash == parsed.hash
    assert len(json.dumps(short)) < len(parsed.to_json())


def test_what_follows_from_what_is_written_is_left_out():
    text = """
        dataset: {name: circle, split: {val: 0.2}}
        model: {layers: [{type: Linear, out_features: 3, activation: relu, init: normal},
                         {type: Linear, out_features: 2, init: normal}]}
        loss: CrossEntropyLoss
        training: {epochs: 5000}
        lr_scheduler: CosineAnnealingLR
        stopping: EarlyStopping
        checks: {gradient_check: true}
        record: {worked_example: {}}
    """
    assert spec.shortest(spec.parse(text)) == {
        "dataset": {"name": "circle", "split": {"val": 0.2}},
        "model": {
            "layers": [
                {"type": "Linear", "out_features": 3, "activation": {"type": "relu"}},
                {"type": "Linear", "out_features": 2},
            ]
        },
        "init": {"type": "normal"},
        "loss": {"type": "CrossEntropyLoss"},
        "lr_scheduler": {"type": "CosineAnnealingLR"},
        "training": {"epochs": 5000},
        "stopping": [{"type": "EarlyStopping"}],
        "checks": {"gradient_check": True},
        "record": {"worked_example": True},
    }


def test_it_is_found_by_reading_a_few_configs_however_many_fields_there_are():
    layers = ", ".join(["{type: Linear, out_features: 4, activation: relu}"] * 30)
    text = f"dataset: {{name: iris}}\nmodel: {{layers: [{layers}, {{type: Linear, out_features: 3}}]}}\n"
    parsed = spec.parse(text + "loss: CrossEntropyLoss\n")
    with patch("bpsandbox.spec.shortest.parse", wraps=spec.parse) as read:
        spec.shortest(parsed)
    assert read.call_count <= 5
    assert shortest is spec.shortest


def test_a_short_sweep_is_what_was_written():
    text = """
        dataset: {name: xor}
        model: {layers: [{type: Linear, out_features: 1}]}
        loss: MSELoss
        sweep: {parameters: {optimizer.lr: [0.1, 1]}}
    """
    short = spec.shortest(spec.parse(text))
    assert "seeds" not in short and short["model"] == {"layers": [{"type": "Linear", "out_features": 1}]}
    assert spec.parse(json.dumps(short)).hash == spec.parse(text).hash
