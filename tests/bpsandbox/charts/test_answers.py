"""What the network of one seed answers at one epoch, from its recorded weights."""

from dataclasses import replace

import numpy as np
import pytest

from bpsandbox import charts, core
from bpsandbox.charts import answers
from bpsandbox.charts.look import Look
from bpsandbox.spec import build, parse

DIGITS = """
seeds: [3, 4]
dataset: {name: digits, standardize: minmax, split: {test: 0.25}}
model: {layers: [Flatten, {type: Linear, out_features: 4, activation: relu}, {type: Linear, out_features: 10}]}
loss: CrossEntropyLoss
training: {epochs: 4}
metrics: [accuracy, confusion_matrix]
record: {saliency: true, activations: true, gradients: true}
"""


def trained(text):
    return core.run(build(parse(text))).document()


@pytest.fixture(scope="module")
def digits():
    return trained(DIGITS)


def answered(document, text=DIGITS, **look):
    return charts.Answers(document, parse(text).to_json(), Look(**look))


def share(document, answer):
    found = charts.confusion(answer.record)
    return found.right / found.total


def test_the_matrix_of_any_epoch_and_seed_has_the_accuracy_of_the_curve(digits):
    places = {epoch: place for place, epoch in enumerate(digits.epochs)}
    for epoch in (0, 1, 2, 4):
        for row, seed in enumerate(digits.seeds):
            found = answered(digits, at=epoch, seed=seed).confusion
            assert (found.epoch, found.seed, found.why) == (epoch, seed, "")
            assert share(digits, found) == pytest.approx(digits.curves["test_accuracy"][places[epoch]][row])


def test_the_recorded_matrix_is_the_computed_one(digits):
    whole = answered(digits, at=4, seed=3)
    assert whole.confusion.record is digits.records.confusion_matrix
    without = replace(digits, records=replace(digits.records, confusion_matrix=None, saliency=None))
    again = answered(without, at=4, seed=3)
    assert again.confusion.record.counts == whole.confusion.record.counts
    assert [one.index for one in again.confusion.record.mistakes] == [
        one.index for one in whole.confusion.record.mistakes
    ]
    for mine, kept in zip(again.saliency.record.pictures, whole.saliency.record.pictures, strict=True):
        assert (mine.index, mine.predicted) == (kept.index, kept.predicted)
        np.testing.assert_allclose(mine.slopes, kept.slopes, atol=1e-3)


def test_nothing_is_computed_before_an_epoch_or_a_seed_is_asked_for(digits, monkeypatch):
    for name in ("_confusion", "_saliency"):
        monkeypatch.setattr(answers, name, lambda *_: pytest.fail("computed"))
    found = answered(digits)
    records = digits.records
    assert found.confusion == answers.Answer(records.confusion_matrix, 4, 3, True)
    assert found.saliency == answers.Answer(records.saliency, 4, 3, True)


def test_slopes_follow_the_epoch_and_the_seed(digits):
    first, other, early = (answered(digits, at=at, seed=seed).saliency.record for at, seed in ((4, 3), (4, 4), (0, 3)))
    slopes = {one.pictures[0].slopes for one in (first, other, early)}
    assert len(slopes) == 3 and (first.seed, other.seed) == (3, 4)


def test_activations_of_another_seed_are_those_of_its_recorded_states(digits):
    kept, *none = answered(digits, seed=3).activations
    assert kept is digits.records.activations and none == [(), ""]
    made, epochs, _why = answered(digits, seed=4).activations
    assert made.seed == 4 and epochs == (0, 1, 2, 3, 4) and made.examples == kept.examples
    computed, _epochs, _why = answers.Answers(
        replace(digits, records=replace(digits.records, activations=replace(kept, seed=9))),
        parse(DIGITS).to_json(), Look(seed=3),
    ).activations  # fmt: skip
    np.testing.assert_allclose(computed.std, kept.std, rtol=1e-4)
    titles = [picture.title for picture in charts.activation_pictures(digits, record=made, epochs=epochs)]
    assert titles[0] == "Standard deviation of the outputs"


def test_without_recorded_weights_the_end_is_shown_and_why(digits):
    bare = replace(digits, records=replace(digits.records, snapshots=None, network=None))
    for look in ({}, {"at": 1, "seed": 4}):
        found = answered(bare, **look).confusion
        assert found.record is digits.records.confusion_matrix
        assert found.why == "It stays at epoch 4 of seed 3: the weights of other epochs and seeds were not kept."
    assert answered(digits, seed=77).confusion.why == "The weights of seed 77 were not kept."


def test_what_takes_too_long_stays_at_the_end(digits, monkeypatch):
    monkeypatch.setattr(answers, "MOST_WORK", 1000)
    answers._saliency.cache_clear()
    found = answered(digits, at=1, seed=4).saliency
    answers._saliency.cache_clear()
    assert (found.epoch, found.seed) == (4, 3) and "takes too long for a page" in found.why


def test_what_is_computed_is_told_once_and_may_be_refused(digits):
    for kept in (answers._confusion, answers._saliency, answers._activations):
        kept.cache_clear()
    spent, canonical = [], parse(DIGITS).to_json()
    names = ("confusion", "saliency", "activations")
    spending = charts.Answers(digits, canonical, Look(at=1, seed=4), lambda work: spent.append(work) or "")
    refused = charts.Answers(digits, canonical, Look(at=2, seed=4), lambda work: "Not now.")
    assert [getattr(spending, name) for name in names] and not spending.refusal
    assert spent == [296 * 449, 10 * (1 + 2 * 64) * 296, 296 * 256 * 5]
    again = charts.Answers(digits, canonical, Look(at=1, seed=4), lambda work: pytest.fail("paid twice"))
    assert [getattr(again, name) for name in names] == [getattr(spending, name) for name in names]
    assert refused.confusion.record is digits.records.confusion_matrix and refused.refusal == "Not now."
    assert refused.confusion.why == "It stays at epoch 4 of seed 3. Not now."
    assert refused.saliency.why == "It stays at epoch 4 of seed 3. Not now."


@pytest.mark.parametrize("name", ["confusion", "saliency", "activations"])
def test_states_that_are_kept_in_the_process_take_eight_bytes_a_number(digits, monkeypatch, name):
    asked = []
    monkeypatch.setattr(answers, f"_{name}", lambda canonical, seed, states, spend: asked.append(states) or (None, ""))
    getattr(answered(digits, at=1, seed=4), name)
    numbers = len(digits.records.snapshots.final[1])
    states = asked[0] if name == "activations" else (asked[0],)
    assert [(type(each), len(each)) for each in states] == [(bytes, 8 * numbers)] * len(states)


def test_a_seed_that_diverged_has_no_matrix(digits):
    shots = digits.records.snapshots
    broken = tuple((None, *final[1:]) for final in shots.final)
    found = answered(replace(digits, records=replace(digits.records, snapshots=replace(shots, final=broken))), seed=4)
    assert found.confusion.record is None and found.confusion.why == "The weights of seed 4 are not finite here."


def test_norms_and_rates_are_those_of_the_seed_that_was_picked(digits):
    norms = digits.records.gradients.norms
    picture = charts.gradient_norms(digits, look=Look(seed=4))
    assert picture.seed == 4 and picture.lines[0].values == tuple(row[0][1] for row in norms)
    assert charts.gradient_norms(digits, look=Look(seed=77)).seed is None
