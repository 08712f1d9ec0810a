"""Counts of numbers in equal bins."""

import numpy as np
import pytest

from bpsandbox import core
from bpsandbox.charts.snapshot import _counted
from bpsandbox.core.bins import equal_bins
from bpsandbox.document import NamedTensor
from bpsandbox.spec import build, parse

ULPS = 0.3 + np.arange(10) * np.spacing(0.3)
CLOSE = """version: 1
dataset: {name: moons}
model:
  layers:
    - {type: Linear, out_features: 7, activation: tanh}
    - {type: Linear, out_features: 1, bias: false}
init: {type: constant, value: 0.3}
loss: {type: BCEWithLogitsLoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 3, batch_size: 30}
seeds: {start: 0, count: 2}
record: {histograms: true}
"""


def test_ordinary_numbers_are_counted_as_by_numpy():
    random = np.random.default_rng(3)
    for size in (2, 8, 700):
        for scale in (1e-200, 1e-6, 1.0, 1e150):
            values = random.normal(size=size) * scale
            assert equal_bins(values, 24) == np.histogram(values, bins=24)[0].tolist()


@pytest.mark.parametrize("values", [ULPS, np.array([-1e308, 1e308] * 4), np.full(8, 1e17), np.array([0, 5e-324] * 4)])
def test_what_has_no_bins_is_in_the_middle_one(values):
    assert equal_bins(values, 24) == [0] * 12 + [len(values)] + [0] * 11


@pytest.mark.parametrize("values", [ULPS, np.array([-1e308, 1e308] * 4)])
def test_weights_that_have_no_bins_are_counted(values):
    [(place, histogram)] = _counted([NamedTensor("layers.0.weight", tuple(values.tolist()))])
    assert place == 0 and sum(histogram.counts) == len(values)


def test_a_run_whose_numbers_differ_by_rounding_has_histograms():
    record = core.run(build(parse(CLOSE))).document().records.histograms
    counted = [
        [sum(seed.counts) for layer in epoch for seed in layer] for epoch in (*record.weights, *record.gradients)
    ]
    assert counted == [[21, 21, 7, 7]] * len(counted)
