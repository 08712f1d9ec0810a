"""Recorded data besides the curves, and the overfit check."""

import pytest

from bpsandbox import spec
from bpsandbox.core import Activations, Gradients, OverfitTiny, Snapshots, ThroughTime, Weights

from .configs import XOR


def test_records_reach_the_experiment():
    parsed = spec.parse(XOR + "record: {gradients: true, activations: true, weights: [5, 0, 5]}\n")
    assert parsed.config["record"] == {"gradients": True, "activations": True, "weights": [0, 5]}
    observers = (Snapshots((0, 5)), Gradients(), ThroughTime(), Activations(), Weights((0, 5)))
    assert spec.build(parsed).observers == observers


def test_records_that_are_not_wanted_say_nothing():
    assert spec.parse(XOR + "record: {gradients: false, activations: false}\n").hash == spec.parse(XOR).hash


@pytest.mark.parametrize(("written", "wanted"), [
    ("true", {"n_samples": 8, "steps": 1000, "share": 0.01, "lr": 0.03}),
    ("{steps: 50}", {"n_samples": 8, "steps": 50, "share": 0.01, "lr": 0.03}),
])  # fmt: skip
def test_true_is_short_for_all_defaults(written, wanted):
    parsed = spec.parse(XOR + f"checks: {{overfit_tiny: {written}}}\n")
    assert parsed.config["checks"]["overfit_tiny"] == wanted
    assert spec.build(parsed).observers == (OverfitTiny(**wanted), Snapshots())


def test_false_is_nothing():
    assert spec.parse(XOR + "checks: {overfit_tiny: false}\n").hash == spec.parse(XOR).hash


BLOCKS = ["record: {gradients: true}", "record: {activations: true}", "record: {weights: [0]}",
          "checks: {overfit_tiny: true}"]  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_written_down_has_its_price(block):
    plain, more = (spec.price(spec.parse(XOR + text)) for text in ("", block + "\n"))
    numbers = [(price.seconds, price.stored_points, price.memory_bytes) for price in (plain, more)]
    assert all(b >= a for a, b in zip(*numbers, strict=True))
    assert numbers[1] != numbers[0]
