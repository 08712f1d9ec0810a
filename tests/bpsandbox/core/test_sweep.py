"""Sweeps: members trained together give what each gives alone."""

from dataclasses import replace

import numpy as np
import pytest

from bpsandbox.core import Member, Sweep, run, train

from .nets import BLOBS, XOR, experiment

RATES = (0.5, 2.0, 1e200)


def swept(*members):
    *reports, last = train(Sweep(tuple(members), spec_hash="0" * 32))
    return reports, last.result.document().to_json()


def of_rates(text=XOR, rates=RATES):
    """Return members that differ only in their learning rate."""
    return [Member({"optimizer.lr": rate}, experiment(text.replace("lr: 2.0", f"lr: {rate}")), "all") for rate in rates]


def of_widths():
    """Return members of several shapes, two of which differ in their rate."""
    configs = {
        (w, lr): BLOBS.replace("7", str(w)).replace("0.02", str(lr)) for w, lr in ((7, 0.02), (3, 0.02), (7, 0.1))
    }
    return [Member({"w": w, "lr": lr}, experiment(text), str(w)) for (w, lr), text in configs.items()]


@pytest.mark.parametrize("members", [of_rates(), of_widths()], ids=["one stack", "two stacks"])
def test_every_member_has_the_bits_of_its_own_run(members):
    _, document = swept(*members)
    for member, listed in zip(members, document["members"], strict=True):
        alone = run(member.experiment).document().to_json()
        assert listed["values"] == member.values
        for name, points in alone["curves"].items():
            rows = [[point[row] for row in listed["rows"]] for point in document["curves"][name]]
            assert rows[: len(points)] == points
            assert all(value is None for row in rows[len(points) :] for value in row)
        for part in ("final", "best", "best_epoch"):
            assert {k: [v[row] for row in listed["rows"]] for k, v in document[part].items()} == alone[part]
        assert [document["stop"][row] for row in listed["rows"]] == alone["stop"]


SCHEDULES = (
    "{type: StepLR, step_size: 2, gamma: 0.3}",
    "{type: CosineAnnealingLR}",
    "{type: LinearLR, per: step}",
    "{type: ReduceLROnPlateau, patience: 0}",
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_so_has_every_member_under_a_schedule(schedule, dtype):
    text = BLOBS.replace("Adam, lr: 0.02", "SGD, lr: 2.0") + f"lr_scheduler: {schedule}\ndtype: {dtype}\n"
    test_every_member_has_the_bits_of_its_own_run(of_rates(text, (0.013, 0.1, 0.37)))


def test_records_are_those_of_the_first_member_alone():
    text = BLOBS.replace("Adam, lr: 0.02", "SGD, lr: 2.0") + "lr_scheduler: {type: StepLR, step_size: 2}\n"
    members = of_rates(text + "record: {gradients: true, activations: true, weights: [0, 6]}\n", (0.01, 0.1))
    for ordered in (members, members[::-1]):
        _, document = swept(*ordered)
        alone = run(ordered[0].experiment).document().to_json()["records"]
        assert document["records"] == alone | {"learning_rate": document["records"]["learning_rate"]}
        rates = zip(document["records"]["learning_rate"], alone["learning_rate"], strict=True)
        assert all(both == [one] * 4 for both, one in rates)


def test_steps_are_those_of_the_first_member_even_where_it_has_stopped():
    texts = [BLOBS.replace("batch_size: 16", f"batch_size: {size}") for size in (16, 5)]
    first, second = (experiment(text) for text in texts)
    hopeless = experiment(texts[0].replace("Adam, lr: 0.02", "SGD, lr: 1.0e+300").replace("tanh", "relu"))
    for one in (first, hopeless):
        _, document = swept(Member({}, one, "a"), Member({}, second, "b"))
        assert document["steps"] == [0, 5, 10, 15, 20, 25, 30]
        assert [member["steps_a_point"] for member in document["members"]] == [5, 15]


def test_a_member_that_diverges_leaves_the_others():
    _, document = swept(
        *of_rates(BLOBS.replace("Adam, lr: 0.02", "SGD, lr: 2.0").replace("tanh", "relu"), (0.1, 1e300))
    )
    reasons = [stop["reason"] for stop in document["stop"]]
    assert reasons == ["epochs"] * 4 + ["diverged"] * 4
    [diverged] = (finding for finding in document["findings"] if finding["kind"] == "diverged")
    assert (len(diverged["seeds"]), diverged["evidence"]["settings"]) == (4, [2])


def test_reports_carry_each_point_once_and_the_work_of_all():
    reports, document = swept(*of_widths())
    points = [point for report in reports for point in report.points]
    assert [epoch for epoch, _, _ in points] == document["epochs"][: len(points)]
    shares = [report.share for report in reports]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] < 1.0


def test_seeds_are_listed_member_by_member():
    members = [Member({"n": n}, replace(experiment(XOR), seeds=tuple(range(n))), str(n)) for n in (1, 3)]
    _, document = swept(*members)
    assert document["seeds"] == [0, 0, 1, 2]
    assert [member["rows"] for member in document["members"]] == [[0], [1, 2, 3]]
    assert np.shape(document["curves"]["train_loss"])[1] == 4


def test_a_sweep_can_be_cut_short():
    words = iter([None, "limit"])
    *_, last = train(Sweep(tuple(of_widths())), until=lambda: next(words))
    assert {stop["reason"] for stop in last.result.document().to_json()["stop"]} == {"limit"}
