"""A worker trains only what is confined as the operator wants it."""

import pytest

from bpsandbox import checks, worker
from bpsandbox.models import Run
from bpsandbox.runner import walls
from bpsandbox.worker import TrainWorker

ALL = dict.fromkeys(walls.WORDS, True)
WITHOUT_LANDLOCK = {**ALL, "reading": False, "folders": False}


@pytest.fixture
def probed(monkeypatch):
    """Return a function that lists the answers of the probe, and the list of how long it was given."""
    waited = []

    def answer(*answers):
        left = iter(answers)
        monkeypatch.setattr(walls, "_probed", lambda seconds, keep_going: waited.append(seconds) or next(left))
        return waited

    return answer


def test_a_probe_that_was_too_slow_is_tried_again_with_more_time(probed):
    waited = probed(None, ALL)
    assert walls.enforced() == ALL
    assert waited == [10, 20]


def test_a_probe_without_an_answer_does_not_say_that_nothing_is_enforced(probed):
    probed(None, None, None)
    with pytest.raises(walls.Untested):
        walls.enforced()


def test_a_worker_that_is_stopped_does_not_try_again(probed):
    waited = probed(None)
    with pytest.raises(walls.Untested):
        walls.enforced(lambda: "stopping")
    assert waited == [10]


@pytest.mark.parametrize("answers", [[None] * 3, [dict.fromkeys(walls.WORDS, False)], [WITHOUT_LANDLOCK]])
def test_a_worker_refuses_to_train_with_less_confinement_than_allowed(wanted, probed, settings, caplog, answers):
    settings.BPSANDBOX_UNENFORCED = ["reading"]
    run = wanted().run
    probed(*answers)
    assert TrainWorker(slots=1).run() is False
    assert Run.objects.get(pk=run.pk).state == "queued"
    assert [(each.levelname, "Nothing is trained" in each.message) for each in caplog.records] == [("ERROR", True)]


@pytest.mark.parametrize("allowed", [["reading", "folders"], ["all"]])
def test_a_worker_trains_without_what_the_operator_allows_to_be_missing(probed, settings, monkeypatch, caplog, allowed):
    caplog.set_level("WARNING", logger="bpsandbox.worker")
    settings.BPSANDBOX_UNENFORCED = allowed
    probed(WITHOUT_LANDLOCK, WITHOUT_LANDLOCK)
    monkeypatch.setattr(worker.Slot, "run", lambda slot: None)
    monkeypatch.setattr(worker.Housekeeper, "run", lambda housekeeper: None)
    assert TrainWorker(slots=1).run() is True
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert [each.id for each in checks.check_isolation()] == ["bpsandbox.I001"]


def test_the_check_before_a_site_opens_says_that_nothing_will_be_trained(probed):
    probed(WITHOUT_LANDLOCK, None, None, None)
    (refused,), (untested,) = checks.check_isolation(), checks.check_isolation()
    assert "unless BPSANDBOX_UNENFORCED allows reading, folders" in refused.msg and refused.is_serious() is False
    assert "could not be tested" in untested.msg
