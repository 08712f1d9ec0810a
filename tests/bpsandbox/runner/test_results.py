"""Downsampled results: nothing invented, both ends and the extremes kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpsandbox.charts.series import series
from bpsandbox.runner import results
from bpsandbox.runner.live import Live
from tests.bpsandbox.documents import typed


def made(points, seeds=2, *, spike=None):
    rows = [[1.0 / (1 + i + s) for s in range(seeds)] for i in range(points)]
    if spike is not None:
        rows[spike][0] = 99.0
    return {
        "spec_hash": "ab" * 16,
        "engine": "1",
        "seeds": list(range(seeds)),
        "epochs": list(range(points)),
        "steps": [4 * i for i in range(points)],
        "curves": {"train_loss": rows},
        "final": {"train_loss": rows[-1]},
        "best": {"train_loss": rows[-1]},
        "best_epoch": {"train_loss": [points - 1] * seeds},
        "stop": [{"reason": "epochs", "epoch": points - 1, "step": 4 * points}] * seeds,
        "warnings": [],
        "records": {"worked_example": {}},
    }


def test_a_document_survives_its_archive():
    document = typed(made(100))
    assert results.unpack(results.pack(document)) == document


def test_a_short_result_is_shown_whole():
    document = typed(made(2000))
    assert results.display(document) == document


def test_a_long_result_keeps_its_ends_and_its_extremes():
    shown = results.display(typed(made(9000, spike=4321))).to_json()
    assert len(shown["epochs"]) == 2000
    assert {0, 4321, 8999} <= set(shown["epochs"])
    assert shown["curves"]["train_loss"][shown["epochs"].index(4321)][0] == 99.0
    assert shown["steps"] == [4 * epoch for epoch in shown["epochs"]]
    assert shown["records"] == {"worked_example": {}}


def test_a_seed_that_stopped_ends_with_the_same_value_in_every_size():
    document = made(5000, seeds=3)
    rows = [[7.0 - i / 1000 if i <= stop else None for stop in (1234, 2345, 4999)] for i in range(5000)]
    document["curves"]["train_loss"] = rows
    read = typed(document)
    medians = [series(each, "train_loss").median[-1] for each in (read, results.display(read), results.card(read))]
    assert medians[0] == medians[1] == rows[2345][1]
    assert medians[2] == pytest.approx(rows[2345][1], rel=1e-5)


def test_a_summary_says_whether_anything_was_learned_and_best_weights_restored():
    document = made(20, seeds=2)
    summary = results.summary(typed(document))
    assert (summary.learned_nothing, summary.is_restored) == (False, False)
    document["warnings"] = [{"code": "nothing_learned", "seeds": [0, 1], "losses": [1, 1], "baseline": 1}]
    document["stop"] = [{**stop, "restored_epoch": 3} for stop in document["stop"]]
    summary = results.summary(typed(document))
    assert (summary.learned_nothing, summary.is_restored) == (True, True)


def test_a_card_is_small_however_many_seeds():
    card = results.card(typed(made(5000, seeds=128, spike=77))).to_json()
    assert "records" not in card
    assert 77 in card["epochs"]
    assert len(json.dumps(card)) < 70_000


def test_a_summary_says_medians():
    summary = results.summary(typed(made(500, seeds=3))).to_json()
    assert summary["final"] == 0.00199601
    assert len(summary["spark"]) == 60
    assert summary["spark"][0] == [0, 0.5]
    assert summary["spark"][-1] == [499, 0.00199601]
    assert summary["seeds"] == 3


def test_a_seed_that_has_stopped_leaves_the_median_to_the_others_and_a_gap_is_carried_on():
    document = made(3)
    document["curves"]["train_loss"] = [[1.0, 3.0], [0.5, None], [None, None]]
    assert [value for _, value in results.summary(typed(document)).spark] == [2.0, 0.5, 0.5]


def test_a_result_without_numbers_has_a_summary_too():
    document = made(2)
    document["curves"]["train_loss"] = [[None, None]] * 2
    document["final"]["train_loss"] = document["best"]["train_loss"] = [None, None]
    assert results.summary(typed(document)).final is None
    assert results.card(typed(document)).curves["train_loss"] == ((None, None),) * 2


@given(st.integers(1, 500), st.integers(2, 50), st.sets(st.integers(0, 499)))
def test_thinning_never_exceeds_its_room_and_keeps_both_ends(count, most, wanted):
    wanted = {index for index in wanted if index < count}
    kept = results.thinned(count, most, wanted)
    assert len(kept) <= most or len(kept) <= count <= most
    assert kept[0] == 0 and kept[-1] == count - 1
    assert kept == sorted(set(kept))
    if len(wanted | {0, count - 1}) <= most:
        assert wanted <= set(kept)


def test_equal_runs_are_identical():
    assert results.compared(typed(made(9)), typed(made(9))).to_json() == {
        "identical": True, "same_until": 32, "largest_difference": 0.0,
    }  # fmt: skip


def test_runs_of_two_engines_are_never_identical_and_name_the_earlier_one():
    other = typed({**made(9), "engine": "0"})
    assert results.compared(typed(made(9)), other).to_json() == {
        "identical": False, "same_until": 32, "largest_difference": 0.0, "earlier_engine": "0",
    }  # fmt: skip


def test_a_run_that_parts_says_where_and_how_far():
    other = made(9)
    other["curves"]["train_loss"][5][0] += 0.25
    seen = results.compared(typed(made(9)), typed(other)).to_json()
    assert (seen["identical"], seen["same_until"]) == (False, 16)
    assert seen["largest_difference"] == pytest.approx(0.25)


def test_what_only_one_of_two_runs_has_is_missing_and_no_difference():
    """A limit ends a run between two points, and its last point is at another step than that of the whole run."""
    cut = made(5)
    cut["steps"][-1] = 15
    seen = results.compared(typed(made(9)), typed(cut)).to_json()
    assert seen == {"identical": False, "same_until": 12, "largest_difference": 0.0, "misses": True}
    gap = made(9)
    gap["curves"]["train_loss"][6][0] = None
    assert results.compared(typed(made(9)), typed(gap)).to_json() == {
        "identical": False, "same_until": 20, "largest_difference": 0.0, "misses": True,
    }  # fmt: skip
    gap["curves"]["train_loss"][8][1] += 0.25
    seen = results.compared(typed(gap), typed(made(9))).to_json()
    assert (seen["same_until"], seen["misses"]) == (20, True)
    assert seen["largest_difference"] == pytest.approx(0.25)


def test_the_csv_has_a_row_a_point_and_seed_and_gives_the_numbers_back():
    document = made(2)
    document["curves"] = {
        "train_loss": [[0.1 + 0.2, 1.0], [1e-300, None]],
        "train_accuracy": [[0.5, 1.0], [0.75, None]],
    }
    assert "".join(results.csv(typed(document))) == (
        f"# spec {'ab' * 16}\n"
        "# engine 1\n"
        "seed,epoch,step,train_loss,train_accuracy\n"
        "0,0,0,0.30000000000000004,0.5\n"
        "1,0,0,1.0,1.0\n"
        "0,1,4,1e-300,0.75\n"
    )


def swept(document, settings):
    """Return the same result as a sweep of that many settings."""
    seeds = len(document["seeds"]) // settings
    rows = [list(range(i * seeds, (i + 1) * seeds)) for i in range(settings)]
    return document | {"members": [{"values": {"optimizer.lr": i}, "rows": each} for i, each in enumerate(rows)]}


def test_a_summary_of_a_sweep_is_that_of_its_best_setting():
    document = typed(swept(made(500, seeds=4), 2))
    best = results.summary(results.best(document))
    summary = results.summary(document)
    assert (summary.final, summary.spark, summary.settings) == (best.final, best.spark, 2)
    assert summary.final == 0.00199005 and summary.seeds == 4
    assert results.best(document).seeds == (2, 3) and results.best(document).members is None


def test_the_csv_of_a_sweep_says_which_setting_a_row_is_of():
    lines = "".join(results.csv(typed(swept(made(1, seeds=2), 2)))).splitlines()
    assert lines[2:5] == [
        '# setting 1 {"optimizer.lr": 0}',
        '# setting 2 {"optimizer.lr": 1}',
        "seed,epoch,step,train_loss,setting",
    ]
    assert lines[5:] == ["0,0,0,1.0,1", "1,0,0,0.5,2"]


def test_records_by_point_are_cut_as_the_curves_are():
    document = made(9000)
    document["records"] = {
        "learning_rate": list(range(9000)),
        "gradients": {"layers": [{"index": 0, "type": "Linear"}], "norms": [[[i]] for i in range(9000)]},
    }
    shown = results.display(typed(document)).to_json()
    assert shown["records"]["learning_rate"] == shown["epochs"]
    assert shown["records"]["gradients"]["norms"] == [[[epoch]] for epoch in shown["epochs"]]


def test_live_points_stay_few_and_keep_the_first_and_the_last():
    live = Live()
    for start in range(0, 5000, 10):
        points = [[epoch, epoch, {"train_loss": [0.123456789] * 16}] for epoch in range(start, start + 10)]
        live.add({"points": points, "epoch": start + 9, "epochs": 5000, "eta": 1.0})
    snapshot = live.snapshot()
    assert len(snapshot["points"]) <= 240
    assert snapshot["points"][0] == [0, 0, {"train_loss": [0.123457] * 16}]
    assert snapshot["points"][-1][0] == 4999


def test_live_states_stay_few_and_keep_the_first_and_the_last():
    live, message = Live(), {"points": [], "epochs": 5000, "eta": 1.0}
    for epoch in range(5000):
        live.add({**message, "epoch": epoch, "states": [[epoch, [[0.5] * 13] * 16]]})
    states = live.snapshot()["states"]
    assert 2 <= len(states) <= 32 and sum(len(row) for _epoch, rows in states for row in rows) <= 6000
    assert (states[0][0], states[-1][0]) == (0, 4999)
    live.add({**message, "epoch": 5, "states": [[5, [[1.0]]]]})  # one that is not later is nothing new
    assert live.snapshot()["states"] == states


def test_live_states_are_bounded_by_the_largest():
    live = Live()
    for epoch in range(9):
        size = 1 if epoch == 0 else 40_000
        live.add({"points": [], "epoch": epoch, "epochs": 9, "eta": None, "states": [[epoch, [[0.5] * size]]]})
    assert [epoch for epoch, _rows in live.snapshot()["states"]] == [0, 8]


def test_large_live_states_are_two():
    live = Live()
    for epoch in range(9):
        live.add({"points": [], "epoch": epoch, "epochs": 9, "eta": None, "states": [[epoch, [[0.5] * 3400]]]})
    assert [epoch for epoch, _rows in live.snapshot()["states"]] == [0, 8]


def test_a_card_has_no_last_values_of_seeds_that_diverged():
    document = made(10, seeds=2)
    document["stop"] = [{"reason": "diverged", "epoch": 3, "step": 9, "last": {"train_loss": 1.0}}] * 2
    assert results.card(typed(document)).to_json()["stop"] == [{"reason": "diverged", "epoch": 3, "step": 9}] * 2
