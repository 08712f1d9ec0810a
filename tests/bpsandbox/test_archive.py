"""The living archive: public runs of an earlier engine are repeated, compared and kept."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bpsandbox import api, archive, repeating, selectors, services
from bpsandbox.management.commands import rerun_archive
from bpsandbox.models import Run, Spec
from bpsandbox.runner import results
from bpsandbox.stopping import Flag
from tests.at_once import at_once
from tests.bpsandbox.conftest import ended
from tests.full import FULL
from tests.training import XOR, train
from tests.waiting import eventually

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def aged(settings):
    """A function that trains a run, which then is of engine 0, with its losses moved by a number."""
    settings.BPSANDBOX_VISIBLE_SPECS = "bpsandbox.policies.all_targets"
    numbers = iter(range(40, 90))

    def made(visibility="public", moved=0.0):
        config = XOR.replace("epochs: 40", f"epochs: {next(numbers)}")
        submitted = api.submit(config_text=config, is_system=True, target=("page", 1), visibility=visibility)
        train()
        whole = api.document_of_run(submitted.run.pk) if visibility == "public" else None
        if whole:
            losses = tuple(
                tuple(value + (index == 6) * moved for value in row)
                for index, row in enumerate(whole.curves["train_loss"])
            )
            older = replace(whole, engine="0", curves=whole.curves | {"train_loss": losses})
            Run.objects.filter(pk=submitted.run.pk).update(archive=results.pack(older))
        Run.objects.filter(pk=submitted.run.pk).update(engine_version="0")
        return submitted

    return made


@pytest.fixture
def working(monkeypatch):
    """Let a worker train whatever waits, whenever the command pauses."""
    monkeypatch.setattr(selectors, "workers_alive", lambda: 1)
    monkeypatch.setattr(rerun_archive.time, "sleep", lambda seconds: train() if Run.objects.queued().exists() else None)


def rerun(**options):
    out, progress = StringIO(), StringIO()
    call_command("rerun_archive", stdout=out, stderr=progress, **options)
    return out.getvalue(), progress.getvalue()


def test_public_runs_are_repeated_and_the_old_results_kept(aged, working):
    same, drifted, private = aged(), aged(moved=0.25), aged("private")
    before = Run.objects.get(pk=drifted.run.pk).archive
    out, progress = rerun(json=True)
    told = json.loads(out)
    assert (told["engine"], told["left"], told["failed"]) == (api.engine_version(), 0, [])
    found = {each["spec_hash"]: each for each in told["runs"]}
    assert found.keys() == {same.spec_hash, drifted.spec_hash}
    assert found[same.spec_hash]["largest_difference"] == 0
    assert found[drifted.spec_hash]["largest_difference"] == pytest.approx(0.25)
    assert found[drifted.spec_hash]["same_until"] == 5
    assert "2 of 2" in progress and "public runs are of another engine" not in out
    assert bytes(Run.objects.get(pk=drifted.run.pk).archive) == bytes(before)
    assert Spec.objects.get(hash=drifted.spec_hash).current_run.repeats_id == drifted.run.pk
    assert Run.objects.filter(spec__hash=private.spec_hash).count() == 1


def test_a_run_whose_numbers_are_missing_now_has_drifted_too():
    drift = archive.Drift("ab" * 16, "", 1, "1", 2, None, 8, 0.0)
    assert not drift.has_drifted and replace(drift, misses=True).has_drifted
    command = rerun_archive.Command()
    command.failed = []
    assert "0, some are missing" in command.as_table([replace(drift, misses=True)])


def test_the_table_names_what_drifted(aged, working):
    aged()
    drifted = aged(moved=0.25)
    out, _ = rerun()
    assert drifted.spec_hash[:12] in out and "0 → " in out and "1 of 2 have the same numbers. 0 are left." in out
    assert rerun(report=True)[0] == out


def test_it_goes_on_where_it_was(aged, working):
    aged(), aged(), aged()
    assert json.loads(rerun(json=True, limit=2)[0])["left"] == 1
    out, progress = rerun(json=True)
    assert json.loads(out)["left"] == 0 and "1 of 1" in progress
    assert len(json.loads(out)["runs"]) == 3
    count = Run.objects.count()
    rerun()
    assert Run.objects.count() == count


def test_interrupted_it_says_how_to_go_on_and_queues_nothing_twice(aged, working, monkeypatch):
    aged(), aged()
    ready = rerun_archive.time.sleep

    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(rerun_archive.time, "sleep", interrupt)
    with pytest.raises(CommandError, match="go on") as stopped:
        rerun()
    assert stopped.value.returncode == 130 and Run.objects.queued().count() == 2
    monkeypatch.setattr(rerun_archive.time, "sleep", ready)
    told = json.loads(rerun(json=True)[0])
    assert (told["left"], len(told["runs"]), Run.objects.count()) == (0, 2, 4)


def test_a_run_without_a_result_now_is_named_and_the_old_one_shown(aged, monkeypatch):
    submitted = aged()
    monkeypatch.setattr(selectors, "workers_alive", lambda: 1)
    monkeypatch.setattr(
        rerun_archive.time, "sleep",
        lambda seconds: Run.objects.queued().filter(repeats=submitted.run).move("withdraw"),
    )  # fmt: skip
    told = json.loads(rerun(json=True)[0])
    assert (told["failed"], told["left"]) == ([submitted.spec_hash], 1)
    assert Spec.objects.get(hash=submitted.spec_hash).current_run_id == submitted.run.pk


def test_a_repetition_that_a_limit_cut_short_is_done_and_the_complete_result_shown(aged, working):
    submitted = aged()
    rerun()
    ours = Run.objects.latest("pk")
    Run.objects.filter(pk=ours.pk).update(summary=ours.summary | {"limited": True})
    services.choose_current(spec_id=ours.spec_id)
    assert not archive.outdated().exists()
    assert Spec.objects.get().current_run_id == submitted.run.pk


def test_without_a_worker_it_says_what_to_do(aged, monkeypatch):
    aged()
    monkeypatch.setattr(rerun_archive, "WORKER_SECONDS", -1)
    with pytest.raises(CommandError, match="train_worker"):
        rerun()
    with pytest.raises(CommandError, match="above 0"):
        rerun(limit=0)


def test_everybodys_runs_come_first(aged):
    submitted = aged()
    repeated = Run.objects.get(pk=archive.repeat(Spec.objects.get(hash=submitted.spec_hash).pk))
    assert repeated.is_system and repeated.quota_key == ""


def test_idle_workers_repeat_one_run_at_a_time_each_once(aged):
    first, second, private = aged(), aged(moved=0.25), aged("private")
    assert archive.may_repeat()
    for each in (first, second):
        run = Run.objects.get(pk=archive.repeat_next())
        assert (run.repeats_id, run.is_system) == (each.run.pk, True)
        assert not archive.may_repeat()
        train()
    assert archive.repeat_next() is None
    assert Run.objects.filter(spec__hash=private.spec_hash).count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_look_at_the_same_moment_queue_one_run(aged):
    aged(), aged()
    found = at_once(4, lambda index: archive.queue_next())
    assert sorted(found)[:3] == [(False, None)] * 3
    assert Run.objects.active().count() == 1


def test_a_repetition_that_failed_is_not_tried_again_by_itself(aged):
    aged()
    Run.objects.filter(pk=archive.repeat_next()).move("withdraw")
    assert archive.repeat_next() is None and archive.outdated().count() == 1


def test_results_of_later_engines_are_left_alone(aged, monkeypatch):
    made = aged()
    for engine, is_repeated in (("100", False), ("0.9", True), ("0.1.8", True)):
        Run.objects.filter(pk=made.run.pk).update(engine_version=engine)
        found = archive.repeat_next()
        assert (found is not None) == is_repeated, engine
        Run.objects.filter(pk=found).delete()


def test_the_archive_s_time_of_a_day_is_bounded(aged, settings):
    aged(), aged()
    archive.repeat_next()
    train()
    settings.BPSANDBOX_ARCHIVE_SECONDS = 100
    assert archive.may_repeat()
    ours = Run.objects.latest("pk")
    Run.objects.filter(pk=ours.pk).update(started_at=ours.finished_at - timedelta(seconds=100))
    assert archive.seconds_today() == pytest.approx(100) and not archive.may_repeat()
    Run.objects.filter(pk=ours.pk).update(finished_at=ours.finished_at - timedelta(hours=25))
    assert archive.may_repeat()


def test_a_slot_queues_after_three_idle_seconds_and_looks_again_in_an_hour(aged, settings):
    settings.BPSANDBOX_CERTIFICATE_SECONDS = 0
    aged()
    repeater = repeating.Repeater("one", stopping=Flag(), children=None)
    assert not repeater.repeat_one()
    repeater.busy_at -= repeating.QUIET_SECONDS
    repeater.archive_at = repeater.busy_at
    assert repeater.repeat_one() and Run.objects.queued().count() == 1
    train()
    repeater.archive_at = repeater.busy_at
    assert not repeater.repeat_one() and repeater.archive_at > repeater.busy_at + 3_000
    repeater.archive_at = repeater.busy_at
    settings.BPSANDBOX_ARCHIVE_SECONDS = 0
    aged()
    assert not repeater.repeat_one()


@FULL
def test_an_idle_worker_repeats_a_run_of_an_earlier_engine(workers, wanted):
    first = workers()
    run = ended(wanted(points=3).run.pk)
    first.terminate()
    first.wait()
    Run.objects.update(engine_version="a")  # before "acting"
    workers(BPSANDBOX_ARCHIVE_SECONDS=100)
    repeated = eventually(lambda: Run.objects.with_result().filter(repeats=run).first())
    assert (repeated.engine_version, repeated.is_system, repeated.agreement["largest_difference"]) == (
        "acting",
        True,
        0,
    )
    assert Run.objects.get(pk=run.pk).archive


def test_the_report_counts_by_engine_what_is_public(aged, working):
    same, drifted, begun = aged(), aged(moved=0.25), aged(moved=0.25)
    waiting, private = aged(), aged("private")
    for each in (same, drifted, begun):
        archive.repeat(Spec.objects.get(hash=each.spec_hash).pk)
        train()
    ours = Run.objects.get(repeats=begun.run.pk)
    Run.objects.filter(pk=ours.pk).update(agreement=ours.agreement | {"same_until": None})
    Run.objects.filter(pk=waiting.run.pk).update(engine_version="0.10")
    found = archive.report()
    assert (found.engine, found.current, found.is_cut) == (api.engine_version(), 3, False)
    assert [(each.engine, each.repeated, each.identical, each.same_until, each.drifted, each.waiting)
            for each in found.engines] == [("0.10", 0, 0, 0, 0, 1), ("0", 3, 1, 1, 1, 0)]  # fmt: skip
    assert [each.brief.spec_hash for each in found.changed] == [begun.spec_hash, drifted.spec_hash]
    assert [each.same_until for each in found.changed] == [None, 5]
    assert private.spec_hash not in str(found)


def test_results_of_later_engines_are_no_earlier_ones_in_the_report(aged, working):
    repeated, waiting = aged(moved=0.25), aged()
    archive.repeat(Spec.objects.get(hash=repeated.spec_hash).pk)
    train()
    Run.objects.filter(pk__in=[repeated.run.pk, waiting.run.pk]).update(engine_version="100")
    found = archive.report()
    assert (found.current, found.later, found.engines, found.changed) == (1, 1, (), ())
