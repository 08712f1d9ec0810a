"""The learning rate finder."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from bpsandbox import charts, explain, spec
from bpsandbox.core import run
from bpsandbox.core.train.observers.lr_range import smooth, suggest

MOONS = """
seeds: [3, 4]
dataset: {name: moons, n_samples: 100, noise: 0.1, seed: 0}
model: {layers: [{type: Linear, out_features: 8, activation: tanh}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 5, batch_size: 20}
"""
RAW_WINE = """
seeds: [0]
dataset: {name: wine}
model: {layers: [{type: Linear, out_features: 3}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 1.0e-7}
training: {epochs: 2, batch_size: 32}
"""
FOUND = "record: {lr_range: {low: 1.0e-4, high: 100, steps: 80}}\n"


def document(text):
    return run(spec.build(spec.parse(text))).document()


def test_the_rates_grow_exponentially_and_the_losses_are_those_of_a_run():
    record = document(MOONS + FOUND).records.lr_range
    ratios = np.array(record.rates[1:]) / np.array(record.rates[:-1])
    assert ratios == pytest.approx((100 / 1e-4) ** (1 / 79), rel=1e-4)
    by_step = document(MOONS.replace("lr: 0.1", "lr: 1.0e-300").replace("epochs: 5", "steps: 1")).curves["train_loss"]
    assert abs(record.losses[0] - by_step[0][0]) < 0.3
    assert record.seed == 3


def test_the_suggestion_is_below_the_minimum_where_the_loss_falls_and_learns():
    record = document(MOONS + FOUND).records.lr_range
    assert record.suggestion <= record.minimum / 10 * 1.1
    changed = MOONS.replace("lr: 0.1", f"lr: {record.suggestion}").replace("epochs: 5", "epochs: 30")
    assert document(changed).final["train_loss"][0] < 0.4
    picture = charts.lr_range(document(MOONS + FOUND))
    assert "learning rate" in picture.drawing and charts.lr_range_words(record).startswith("The smoothed loss fell")


def test_the_run_is_the_same_bit_for_bit_with_and_without_it():
    with_it, without = document(MOONS + FOUND), document(MOONS)
    assert with_it.curves == without.curves and with_it.final == without.final


def test_a_config_that_diverges_at_once_gets_a_sentence_and_no_suggestion():
    text = MOONS.replace("activation: tanh", "init: {type: normal, std: 1.0e+200}")
    record = document(text.replace("out_features: 2}", "out_features: 2, init: {type: normal, std: 1.0e+200}}") + FOUND)
    record = record.records.lr_range
    assert (record.ended, record.suggestion, record.rates) == ("not_finite", None, ())
    assert charts.lr_range_words(record).startswith("The loss is not finite before the first update")


def test_a_range_that_begins_too_high_says_so_and_leads_to_one_that_suggests_a_rate():
    text, lows = RAW_WINE + FOUND.replace("1.0e-4", "1.0e-3"), []
    while (record := document(text).records.lr_range).suggestion is None:
        lows.append(spec.parse(text).config["record"]["lr_range"]["low"])
        assert record.begins_too_high
        assert charts.lr_range_words(record).endswith("so none is suggested: the range begins too high.")
        [lower] = explain.range_cures(record, spec.parse(text))
        text = str(explain.cured(spec.parse(text), lower.name))
    assert lows == [1e-3, 1e-6] and 1e-9 < record.suggestion < 1e-6
    assert explain.range_cures(record, spec.parse(text)) == ()


def test_a_start_that_no_rate_helps_is_offered_another_start():
    huge = "init: {type: normal, std: 1.0e+200}"
    text = MOONS.replace("activation: tanh", huge).replace("out_features: 2}", f"out_features: 2, {huge}}}")
    parsed = spec.parse(text + FOUND)
    record = run(spec.build(parsed)).document().records.lr_range
    assert [cure.name for cure in explain.range_cures(record, parsed)] == ["default_start", "standardize"]


def test_a_suggestion_from_an_end_of_the_range_says_so_and_offers_a_longer_one():
    text = MOONS + "record: {lr_range: {low: 1.0e-3, high: 0.5, steps: 80}}\n"
    parsed, record = spec.parse(text), document(text).records.lr_range
    below = replace(record, minimum=record.rates[1], suggestion=record.rates[1] / 10)
    for one, told, name in (
        (record, "where it was still falling", "higher_range"),
        (below, "The suggestion is below the range, which begins at 0.001", "lower_range"),
    ):
        assert told in charts.lr_range_words(one)
        assert [cure.name for cure in explain.range_cures(one, parsed)] == [name]
    wider = document(str(explain.cured(parsed, "higher_range"))).records.lr_range
    assert wider.suggestion is not None and explain.range_cures(wider, parsed) == ()


def test_every_step_of_the_finder_can_be_read():
    picture = charts.lr_range(document(MOONS + FOUND))
    record, rows = document(MOONS + FOUND).records.lr_range, json.loads(picture.readings)
    assert json.loads(picture.names) == ["smoothed loss", "loss of a batch"] and len(rows) == len(record.rates)
    assert rows == sorted(rows, key=lambda row: row[0]) and all(0 <= row[0] <= 1 for row in rows)


def test_the_average_has_no_bias_and_a_flat_loss_suggests_nothing():
    assert smooth([2.0] * 5) == pytest.approx([2.0] * 5)
    rates = [10.0 ** (i / 10) for i in range(-50, 10)]
    assert suggest(rates, [1.0] * 60) == (None, None, None)
    scatter = [1.0 + 0.1 * (-1) ** i for i in range(60)]
    assert suggest(rates, scatter) == (None, None, None)
    falling = [1.0] * 20 + [1.0 - 0.02 * i for i in range(30)] + [0.5 + 0.1 * i for i in range(10)]
    minimum, steepest, suggestion = suggest(rates, falling)
    assert rates[45] < minimum < rates[55] and rates[20] < steepest <= minimum
    assert math.isclose(suggestion, min(steepest, minimum / 10), rel_tol=0.05)


def test_a_network_that_cannot_learn_is_not_told_a_rate():
    deep = ", ".join(["{type: Linear, out_features: 6, activation: sigmoid}"] * 8)
    text = MOONS.replace("{type: Linear, out_features: 8, activation: tanh}", deep)
    assert document(text + "record: {lr_range: {low: 1.0e-6, high: 0.1}}").records.lr_range.suggestion is None


def test_its_steps_are_in_the_price():
    with_it, without = (spec.price(spec.parse(text)) for text in (MOONS + FOUND, MOONS))
    assert with_it.seconds > without.seconds and with_it.multiply_adds > without.multiply_adds
