"""The pictures of a run that still trains."""

import pytest

from bpsandbox import charts, core
from bpsandbox.document import Member, Progress
from bpsandbox.spec import build, parse
from tests.bpsandbox.charts.test_snapshot import SINE
from tests.bpsandbox.core.test_states import XOR


def progress(text, reports=12):
    """Return the progress of a run after some reports."""
    trained = core.train(build(parse(text)))
    for _report in range(reports):
        report = next(trained)
    return Progress.from_store({"points": [], "epoch": report.epoch, "states": report.states(-1)})


def grown(text, states=None, **more):
    made = progress(text)
    made = Progress.from_store({"points": [], "states": states}) if states is not None else made
    return charts.growing(made, parse(text).to_json(), **more)


@pytest.mark.parametrize(("text", "kinds"), [(XOR, ["network", "boundary"]), (SINE, ["network", "boundary"])])
def test_the_states_so_far_are_drawn_like_those_of_a_result(text, kinds):
    shot = charts.snapshot(grown(text), parse(text).to_json())
    assert shot.is_growing and shot.moment.is_end and shot.asked == 11
    assert [view.kind for view in shot.views[:2]] == kinds
    assert "epoch 11" in shot.views[0].drawing and "after training" not in shot.views[0].drawing


def test_an_earlier_epoch_and_another_seed_are_drawn_as_the_result_draws_them():
    canonical = parse(XOR).to_json()
    now = charts.snapshot(grown(XOR), canonical, 5, 1)
    later = charts.snapshot(core.run(build(parse(XOR))).document(), canonical, 5, 1)
    assert (now.moment.epoch, now.moment.seed) == (5, 1)
    assert [view.drawing for view in now.views] == [view.drawing for view in later.views]


def test_a_seed_that_stopped_is_drawn_where_it_ended():
    rows = [[0.1] * 13, [0.2] * 13, [0.3] * 13]
    document = grown(XOR, [[0, rows], [1, rows], [2, [rows[0], None, rows[2]]]])
    assert [stop.epoch for stop in document.stop] == [2, 1, 2]
    assert charts.snapshot(document, parse(XOR).to_json(), seed=1).moment.epoch == 1


@pytest.mark.parametrize("states", [[], [[0, [[1.0] * 12]]], [[0, [None]]], [[0, []]]])
def test_states_of_no_such_network_are_nothing(states):
    assert grown(XOR, states) is None


def test_the_first_state_is_drawn_before_there_is_a_second():
    shot = charts.snapshot(grown(XOR, [[0, [[0.1] * 13]]]), parse(XOR).to_json())
    assert shot.timeline.epochs == (0,) and shot.timeline.seeds == (0,) and shot.is_growing
    assert "epoch 0" in shot.views[0].drawing


def test_a_sweep_shows_its_first_setting():
    text = XOR + "sweep: {parameters: {optimizer.lr: [0.1, 0.5]}}\n"
    members = tuple(Member({"optimizer.lr": rate}, rows) for rate, rows in ((0.1, (0, 1, 2)), (0.5, (3, 4, 5))))
    document = grown(text, members=members)
    assert document.members == members and document.records.snapshots.seeds == (0, 1, 2)
    assert charts.snapshot(document, parse(text).to_json()).moment.seed == 0


def test_its_confusion_matrix_is_that_of_the_state_that_is_shown():
    text = XOR + "metrics: [accuracy, confusion_matrix]\n"
    result, look = core.run(build(parse(text))).document(), charts.Look(at=5, seed=1)
    found = charts.Answers(grown(text), parse(text).to_json(), look)
    assert found.asks_for_confusion and found.confusion.why == ""
    assert found.confusion.record == charts.Answers(result, parse(text).to_json(), look).confusion.record
    assert not charts.Answers(grown(XOR), parse(XOR).to_json(), look).asks_for_confusion
