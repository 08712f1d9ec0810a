"""The six examples and the targets they must reach; presets in which nothing is found. Each is trained once."""

from functools import cache

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import Worked, run, train
from bpsandbox.spec import presets
from tests.full import FULL, some


@cache
def trained(name):
    built = spec.build(spec.parse(spec.presets.PRESETS[name].text))
    return built, run(built).document().to_json()


def test_e1_xor_is_solved_by_fifteen_of_sixteen_seeds():
    built, document = trained("xor")
    assert len(document["seeds"]) == 16
    assert sum(loss < 0.01 for loss in document["final"]["train_loss"]) >= 15
    assert [check["band"] for check in document["checks"]["gradient_check"]] == ["good", "good"]
    assert [one.example.sample for one in built.observers if isinstance(one, Worked)] == [1]
    assert [picture["epoch"] for picture in document["records"]["decision_boundary"]][:2] == [0, 500]


def test_e2_the_spiral_is_unrolled_by_every_seed():
    _, document = trained("spiral")
    accuracy = document["final"]["train_accuracy"]
    assert np.mean(accuracy) >= 0.975
    assert min(accuracy) >= 0.95


def test_e3_digits_are_read():
    _, document = trained("digits")
    assert np.mean(document["final"]["test_accuracy"]) >= 0.965
    counts = document["records"]["confusion_matrix"]["counts"]
    assert np.sum(counts) == document["data"]["test"] == 449
    assert np.trace(counts) / np.sum(counts) == pytest.approx(document["final"]["test_accuracy"][0])


def test_e4_the_sine_is_fitted_down_to_its_noise():
    built, document = trained("sine")
    noise = built.train.y[:, 0] - np.sin(built.dataset.x[:, 0])
    assert np.median(document["final"]["train_loss"]) <= 1.1 * np.mean(noise**2)


@FULL
def test_e5_digits_are_read_by_convolution():
    _, document = trained("digits-cnn")
    assert np.mean(document["final"]["test_accuracy"]) >= 0.965


def test_e6_a_recurrent_network_adds_what_is_marked():
    _, document = trained("adding")
    assert max(document["final"]["test_loss"]) < 0.05


def test_the_seed_lottery_has_as_many_stuck_seeds_as_it_says():
    _, document = trained("xor-seed-lottery")
    saturated, plateau = document["findings"]
    assert (plateau["kind"], plateau["evidence"]["why"], len(plateau["seeds"])) == ("plateau", "stuck", 9)
    assert saturated["kind"] == "saturated" and {*saturated["seeds"]} < {*plateau["seeds"]}
    assert sum(loss < 0.01 for loss in document["final"]["train_loss"]) == 7
    assert "9 of these 16 starts are stuck" in presets.PRESETS["xor-seed-lottery"].text


HEALTHY = ["xor", "spiral", "digits", "sine", "adding", "moons", "iris", "batch-norm", "lstm"]


@pytest.mark.parametrize("name", some(HEALTHY, kept=HEALTHY[:-2]))
def test_a_healthy_preset_alarms_nobody(name):
    _, made = trained(name)
    codes = {warning["code"] for warning in made["warnings"]}
    assert made["findings"] == []
    assert codes <= {"still_falling", "overfitting"}
    assert ("overfitting" in codes) == (name == "digits")


@pytest.mark.parametrize("name", ["xor-luck", "xor-seed-lottery", "lr-sweep", "circle"])
def test_no_seed_is_both_stuck_and_still_falling(name):
    *_, last = train(spec.build(spec.parse(presets.PRESETS[name].text)))
    made = last.result.document()
    falling = made.warning("still_falling")
    assert not set(made.stuck) & set((falling and falling.seeds) or ()) or name == "lr-sweep"
