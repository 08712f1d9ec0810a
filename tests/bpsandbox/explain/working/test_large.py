"""The stored size of a worked step is bounded, however large the network or its batch."""

import json
import zlib

import pytest

from bpsandbox import spec
from bpsandbox.explain.working import captured, kept
from tests.full import some

DIGITS = "dataset: {name: digits, standardize: minmax, split: {test: 0.2}}\nloss: CrossEntropyLoss\n"
WIDE = ", ".join(f"{{type: Linear, out_features: {width}, activation: relu}}" for width in (1024, 1024, 850))
OUT = "{type: Linear, out_features: 10}"
CASES = {
    "two million parameters": (f"Flatten, {WIDE}, {OUT}", 32),
    "a batch of a thousand": (f"Flatten, {{type: Linear, out_features: 64, activation: relu}}, {OUT}", 1000),
    "images, a batch of a thousand": (
        f"{{type: Conv2d, out_channels: 4, kernel_size: 3}}, BatchNorm2d, Flatten, {OUT}",
        1000,
    ),
}
MOST = 2_000_000
"""Bytes, packed."""


@pytest.mark.parametrize("name", some(CASES, kept=[*CASES][1:]))
def test_a_kept_step_is_small(name):
    layers, batch = CASES[name]
    training = f"training: {{steps: 2, batch_size: {batch}}}\noptimizer: {{type: Adam}}\n"
    text = f"{DIGITS}model: {{layers: [{layers}]}}\n{training}"
    made = kept(captured(spec.parse(text), 5, 0))
    written = json.dumps(made).encode()
    assert len(zlib.compress(written)) < MOST / 3
    assert len(written) < MOST
    assert [step["id"] for step in made["steps"] if step["id"].endswith(".failed")] == []
