"""What is said of a curve, whichever network it came from."""

from dataclasses import replace

import pytest

from bench.doctor_configs.judging import document_of
from bench.doctor_configs.labelled import LABELLED
from bpsandbox.core.train.doctor.outcomes import Capacity, Outcomes
from bpsandbox.core.train.doctor.training import in_curves
from bpsandbox.document import Stop

BASELINE = 0.693


@pytest.fixture(scope="module")
def document():
    return document_of(next(each.text for each in LABELLED if not each.kinds))


def test_held_out_losses_are_compared_with_the_training_loss_without_its_penalty(document):
    falling, rising = [0.6 - 0.02 * i for i in range(20)], [0.3 + 0.02 * i for i in range(20)]
    curves = {"train_loss": [loss + 1.0 for loss in falling], "data_loss": falling, "test_loss": rising}
    seen = outcomes(document, falling)
    shown = replace(seen.document, curves={name: tuple((loss,) for loss in each) for name, each in curves.items()})
    [found] = [each for each in in_curves(replace(seen, document=shown)) if each.kind == "overfitting"]
    assert found.evidence.train == falling[-1]


def outcomes(document, losses, *, reason="epochs", chance=0.0, baseline=BASELINE):
    """Return the outcomes of one seed with these losses."""
    stop = (Stop(reason, len(losses) - 1, 100),)
    shown = replace(document, seeds=(0,), stop=stop, curves={"train_loss": tuple((loss,) for loss in losses)})
    return Outcomes(shown, (0,), baseline, Capacity(10, 1000, 0.0, True, chance))


REST = [BASELINE] * 20


@pytest.mark.parametrize("reason", ["epochs", "early_stopping", "tolerance", "limit", "cancelled"])
def test_a_loss_that_collapses_after_it_has_learned_has_grown_however_training_ended(document, reason):
    seen = outcomes(document, [0.6, 0.4, 0.2, *REST], reason=reason)
    assert (seen.grown, seen.unlearned) == ([0], [])


def test_a_poor_start_that_comes_to_rest_at_the_baseline_is_chance(document):
    seen = outcomes(document, [0.6, *REST])
    assert (seen.grown, seen.unlearned) == ([], [0])


def test_a_good_start_that_was_lost_is_not_chance(document):
    seen = outcomes(document, [0.01, *REST])
    assert (seen.grown, seen.unlearned) == ([0], [])


def test_a_loss_that_rests_clearly_above_the_baseline_has_grown_whatever_chance_brings(document):
    seen = outcomes(document, [0.65, *[1.09 * BASELINE] * 20], chance=0.1)
    assert (seen.grown, seen.unlearned) == ([0], [])


JUMPS = [0.4, 0.9] * 10


def test_a_loss_that_jumps_is_chaotic_and_one_with_a_spike_is_not(document):
    assert outcomes(document, [0.6, *JUMPS]).chaotic == [0]
    assert outcomes(document, [0.6, *[0.4] * 15, 0.9, *[0.4] * 4]).chaotic == []


def test_jumps_say_what_they_are_compared_with(document):
    for baseline, why, scale in ((BASELINE, None, BASELINE), (None, "start", 0.6)):
        [finding] = in_curves(outcomes(document, [0.6, *JUMPS], baseline=baseline))
        assert (finding.kind, finding.evidence.why, finding.evidence.scale) == ("chaotic", why, scale)


def test_a_loss_that_rests_between_its_jumps_is_chaotic(document):
    assert outcomes(document, [0.6, *[0.4, 0.4, 0.4, 0.9] * 8]).chaotic == [0]


def test_a_loss_that_left_its_bounds_and_jumps_on_has_diverged_and_is_chaotic_too(document):
    seen = outcomes(document, [0.6, *[1000 * loss for loss in JUMPS]])
    assert (seen.grown, seen.chaotic, seen.restless) == ([0], [], [0])
    found = {(each.kind, each.seeds) for each in in_curves(seen)}
    assert found == {("diverged", (0,)), ("chaotic", (0,))}
    settled = outcomes(document, [0.6, 1000.0, *[800.0 - place for place in range(20)]])
    assert (settled.grown, settled.restless) == ([0], [])
