"""Snapshots, histograms, gradients through time, saliency and misclassified examples."""

import re
from dataclasses import replace

import numpy as np
import pytest

from bpsandbox import core
from bpsandbox.core.train.observers import histograms, snapshots, through_time
from bpsandbox.spec import InvalidConfig, build, parse

XOR = """
seeds: {start: 0, count: 3}
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: sigmoid}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 0.5}
training: {epochs: 40, batch_size: full}
"""
DIGITS = """
seeds: [0]
dataset: {name: digits, standardize: minmax, split: {test: 0.25}}
model: {layers: [Flatten, {type: Linear, out_features: 10}]}
loss: CrossEntropyLoss
training: {epochs: 1}
metrics: [accuracy, confusion_matrix]
record: {saliency: true, histograms: true}
"""
RECURRENT = """
seeds: [0, 1]
dataset: {name: adding, length: 6, n_samples: 40}
model: {layers: [{type: RNN, hidden_size: 4}, {type: Linear, out_features: 1}]}
loss: MSELoss
training: {epochs: 3, batch_size: full}
record: {gradients: true}
"""


def trained(text: str):
    return core.run(build(parse(text))).document()


@pytest.fixture(scope="module")
def digits():
    return trained(DIGITS)


def test_a_snapshot_has_every_seed_at_every_epoch_and_the_end():
    result = core.run(build(parse(XOR)))
    record = result.document().records.snapshots
    assert record.seeds == (0, 1, 2) and record.epochs == (0, 1, 2, 3, 5, 7, 10, 15, 20, 30)
    start = build(parse(XOR)).start_values()
    np.testing.assert_allclose(record.values[0], start, rtol=1e-5)
    np.testing.assert_allclose(record.final, result.theta, rtol=1e-5)
    assert [tensor.name for tensor in record.tensors] == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias",
    ]  # fmt: skip


def test_records_do_not_change_a_bit_of_the_curves():
    experiment = build(parse(XOR + "record: {histograms: true, gradients: true, decision_boundary: [7, 9]}\n"))
    watched, alone = core.run(experiment), core.run(replace(experiment, observers=()))
    assert watched.document().curves == alone.document().curves
    np.testing.assert_array_equal(watched.theta, alone.theta)


def test_a_seed_that_stopped_has_no_later_snapshot():
    document = trained(XOR + "stopping: [{type: Target, monitor: train_loss, value: 0.3}]\n")
    ends = [stop.epoch for stop in document.stop]
    record = document.records.snapshots
    for epoch, row in zip(record.epochs, record.values, strict=True):
        assert [values is None for values in row] == [epoch >= end for end in ends]


@pytest.mark.parametrize(("values", "seeds"), [(13, 16), (1153, 20), (24_000, 1), (0, 4), (3000, 8), (9010, 2)])
def test_snapshots_are_bounded(values, seeds):
    fit, epochs = snapshots.room(values, seeds)
    assert fit <= seeds and epochs <= snapshots.MOST
    assert values * fit * (epochs + 1) <= (snapshots.MOST_OF_FEW if values > 857 else snapshots.MOST_NUMBERS)
    assert (fit == 0) == (values == 0 or values > snapshots.LARGEST)


@pytest.mark.parametrize(
    ("values", "kept"),
    [(13, (4, 24)), (1898, (4, 6)), (3429, (2, 7)), (8571, (1, 6)), (20_000, (1, 2)), (20_001, (0, 0))],
)
def test_a_larger_network_has_fewer_seeds_and_then_fewer_epochs(values, kept):
    assert snapshots.room(values, 4) == kept
    assert bool(snapshots.followed(values, kept[0], kept[1])) == (0 < values <= snapshots.MOST_FOLLOWED)


def test_wanted_epochs_come_first():
    assert snapshots.schedule(5000, 4, (123, 2500)) == [0, 1, 123, 2500]
    assert snapshots.schedule(3, 24) == [0, 1, 2] and snapshots.schedule(0, 24) == []


def test_rounding_keeps_six_digits():
    given = np.array([0.0, 1 / 3, -12345.6789, 1e-12 / 7])
    assert snapshots.six_digits(given) == [0.0, 0.333333, -12345.7, 1.42857e-13]


def test_histograms_count_every_number(digits):
    record = digits.records.histograms
    assert record.layers[0].type == "Linear" and record.epochs == (0,)
    for rows in (record.weights, record.gradients):
        assert [sum(seed.counts) for seed in rows[0][0]] == [650]


@pytest.mark.parametrize("epochs", [1, 2, 30, 1000, 5000])
def test_the_last_epoch_that_begins_has_a_histogram(epochs):
    text = re.sub(r"epochs: \d+", f"epochs: {epochs}", XOR) + "record: {histograms: true}\n"
    record = trained(text).records.histograms
    assert record.epochs[0] == 0 and record.epochs[-1] == epochs - 1 and len(record.epochs) <= histograms.EPOCHS


def test_gradients_through_time_have_a_norm_for_each_step():
    record = trained(RECURRENT).records.through_time
    assert record.epochs == (0, 1, 2) and [layer.type for layer in record.layers] == ["RNN"]
    norms = np.array(record.norms, dtype=float)
    assert norms.shape == (3, 1, 2, 6) and (norms > 0).all()


@pytest.mark.parametrize("epochs", [1, 2, 20, 300])
def test_the_last_epoch_that_begins_has_a_gradient_through_time(epochs):
    text = RECURRENT.replace("epochs: 3", f"epochs: {epochs}")
    record = trained(text).records.through_time
    assert record.epochs[0] == 0 and record.epochs[-1] == epochs - 1 and len(record.epochs) <= through_time.EPOCHS


def test_the_slopes_of_a_linear_network_are_its_weights(digits):
    document, record = digits, digits.records.saliency
    weights = np.array(document.records.snapshots.final[0][:640]).reshape(10, 64)
    assert [picture.truth for picture in record.pictures] == list(range(10)) and record.part == "test"
    for picture in record.pictures:
        np.testing.assert_allclose(picture.slopes, weights[picture.predicted], atol=2e-5)


def test_mistakes_are_examples_beside_the_diagonal(digits):
    matrix = digits.records.confusion_matrix
    wrong = sum(map(sum, matrix.counts)) - sum(matrix.counts[k][k] for k in range(10))
    assert 0 < len(matrix.mistakes) == min(wrong, 24)
    assert all(one.truth != one.predicted and len(one.x) == 64 for one in matrix.mistakes)


def test_saliency_is_for_pictures():
    with pytest.raises(InvalidConfig) as refused:
        parse(XOR + "record: {saliency: true}\n")
    assert [problem.message for problem in refused.value.problems] == [
        "saliency needs pictures with classes; the samples of xor are different."
    ]


def told(text: str, after: int = -1) -> list[list[tuple[int, int]]]:
    """Return the epochs with their number of seeds that each report of a training tells."""
    heard = []
    for report in core.train(build(parse(text))):
        if report.result is None:
            states = report.states(after)
            heard.append([(epoch, sum(row is not None for row in rows)) for epoch, rows in states])
            after = states[-1][0] if states else after
    return heard


def test_while_it_trains_each_recorded_state_is_told_once_and_the_present_one():
    epochs = [epoch for states in told(XOR) for epoch, _seeds in states]
    assert epochs == list(range(40))  # a report for each epoch here; the end is the result
    late = [report.states(6) for report in core.train(build(parse(XOR))) if report.result is None][-1]
    assert [epoch for epoch, _rows in late] == [7, 10, 15, 20, 30, 39]


def test_told_states_are_those_of_the_record():
    known: dict[int, list] = {}
    for report in core.train(build(parse(XOR))):
        known |= dict(report.states(-1)) if report.result is None else {}
    record = report.result.document().records.snapshots
    for epoch, rows in zip(record.epochs, record.values, strict=True):
        np.testing.assert_array_equal(known[epoch], rows)


def test_a_seed_that_stopped_has_no_state():
    heard = told(XOR + "stopping: [{type: Target, monitor: train_loss, value: 0.3}]\n")
    assert heard[0][0][1] > heard[-1][-1][1]


def test_a_state_is_of_the_end_of_an_epoch():
    text = XOR.replace("batch_size: full", "batch_size: 1").replace("epochs: 40", "steps: 10, eval_every: 3")
    assert [epoch for states in told(text) for epoch, _seeds in states] == [0, 1]


def test_a_sweep_tells_the_states_of_its_first_setting():
    heard = told(XOR + "sweep: {parameters: {optimizer.lr: [0.1, 0.5]}}\n")
    assert {seeds for states in heard for _epoch, seeds in states} == {3}


@pytest.mark.parametrize(("values", "seeds", "epochs"), [(13, 16, 24), (387, 8, 6), (3000, 1, 7), (0, 0, 0)])
def test_told_states_are_bounded(values, seeds, epochs):
    count = snapshots.followed(values, seeds, epochs)
    assert bool(count) == bool(seeds)
    assert count <= 1 or values * count * (epochs + 1) <= snapshots.MOST_FOLLOWED
