"""Work is counted, not timed: it decides when a run is checked for its end, never its numbers."""

from itertools import pairwise

import numpy as np
import pytest

from bpsandbox.core import train
from bpsandbox.core.train.workload import HEARTBEAT, MOST_STEPS, workload_of

from .nets import BLOBS, XOR, experiment

WIDE = """
seeds: [0]
dataset: {name: digits, split: {test: 0.25}}
model:
  layers: [{type: Flatten}, {type: Linear, out_features: 600, activation: relu}, {type: Linear, out_features: 10}]
loss: {type: CrossEntropyLoss}
training: {steps: 6, batch_size: full, eval_every: 6}
"""
LBFGS = XOR.replace("{type: SGD, lr: 2.0}", "{type: LBFGS}").replace("epochs: 40", "epochs: 40, eval_every: 40")


def asked(text, answers=()):
    """Train; return the reports and the steps at which `until` was called."""
    said, steps, reports = iter(answers), [], []

    def until():
        steps.append(reports[-1].step)
        return next(said, None)

    for report in train(experiment(text), until=until):
        reports.append(report)
    return reports, steps


def test_small_steps_are_reported_two_hundred_at_a_time():
    assert workload_of(experiment(XOR)).steps_per_report == MOST_STEPS


def test_a_step_as_long_as_a_heartbeat_is_reported_alone():
    workload = workload_of(experiment(WIDE))
    assert workload.step > HEARTBEAT / 2
    assert workload.steps_per_report == 1
    assert asked(WIDE)[1] == [0, 1, 2, 3, 4, 5]


def test_a_step_of_lbfgs_counts_for_all_the_evaluations_it_may_take():
    plain, searching = workload_of(experiment(XOR)), workload_of(experiment(LBFGS))
    assert (plain.evaluations, searching.evaluations) == (1, 25)
    assert searching.step > 25 * plain.step


def test_seeds_parts_and_checks_add_to_the_work():
    base, workload = workload_of(experiment(BLOBS)), workload_of(experiment(BLOBS, seeds=tuple(range(40))))
    assert workload.gradient > base.gradient and workload.point > base.point
    checked = workload_of(experiment(BLOBS + "checks: {gradient_check: {at: [end]}, overfit_tiny: true}\n"))
    assert checked.start == base.start == 0
    assert checked.end > 2 * base.end


def test_the_points_are_the_same_whoever_asks():
    *_, alone = train(experiment(WIDE))
    assert asked(WIDE)[0][-1].result.document().to_json()["curves"] == alone.result.document().to_json()["curves"]


@pytest.mark.parametrize("text", [XOR, BLOBS, LBFGS])
def test_work_grows_from_report_to_report(text):
    reports, _ = asked(text)
    assert all(before.work < after.work for before, after in pairwise(reports[:-1]))
    assert all(report.ahead > 0 for report in reports)


def test_a_run_that_is_told_to_end_before_its_first_step_has_its_start():
    reports, _ = asked(WIDE, ["limit"])
    document = reports[-1].result.document().to_json()
    assert document["steps"] == [0]
    assert document["stop"] == [{"reason": "limit", "epoch": 0, "step": 0}]


def test_a_step_of_lbfgs_that_is_interrupted_is_not_done():
    whole = list(train(experiment(LBFGS.replace("epochs: 40, eval_every: 40", "epochs: 1"))))[-1].result
    calls = []

    def until():
        calls.append(None)
        return "limit" if len(calls) == 30 else None

    *_, last = train(experiment(LBFGS), until=until)
    document = last.result.document().to_json()
    assert document["stop"][0] == {"reason": "limit", "epoch": 1, "step": 1}
    assert document["steps"] == [0, 1]
    assert np.array_equal(last.result.theta, whole.theta)
    assert document["final"] == whole.document().to_json()["final"]
