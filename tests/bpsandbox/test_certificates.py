"""Certificates: which runs are repeated, when, how they compare, and what kills leave behind."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from bpsandbox import api, certificates, leases, repeating, services
from bpsandbox.models import Attachment, Certificate, Run
from bpsandbox.runner import Outcome
from tests.bpsandbox.conftest import busy_child, ended
from tests.bpsandbox.documents import changed, typed
from tests.bpsandbox.runner.acting_engine import document
from tests.full import FULL
from tests.training import XOR, train
from tests.waiting import eventually

pytestmark = [pytest.mark.django_db, pytest.mark.both]
POINTS = [[index, index * 4, {"train_loss": [1.0 / (1 + index), 0.5 / (1 + index)]}] for index in range(5)]
HERE, THERE = ({"engine": "acting", "fingerprint": name} for name in ("0" * 16, "f" * 16))


def made(points=POINTS, where=HERE, **parts):
    return changed(typed({**document({}, [0, 1], points), "provenance": where}), **parts)


def moved(by, *, since):
    """Return the points with the first seed's loss moved by a number, from a point on."""
    return [
        [
            epoch,
            step,
            {"train_loss": [values["train_loss"][0] + (by if epoch >= since else 0), values["train_loss"][1]]},
        ]
        for epoch, step, values in POINTS
    ]


@pytest.mark.parametrize(
    ("ours", "state", "until_step"),
    [
        (made(), "identical", 16),
        (made(where=THERE), "identical", 16),
        (made(moved(1e-12, since=0), THERE), "agrees", 16),
        (made(moved(1e-9, since=3), THERE), "agrees", 8),
        (made(moved(1e-9, since=0), THERE), "differs", None),
        (made(moved(1e-15, since=2), HERE), "differs", 16),
        (made(POINTS[:3], THERE), "differs", 8),
        (made(curves={"other": [[1.0, 1.0]] * 5}, where=THERE), "differs", None),
    ],
)
def test_how_a_repetition_compares(ours, state, until_step):
    found = certificates.outcome(ours, made())
    assert (found["state"], found["same_until"], found["last_step"]) == (state, until_step, 16)
    assert found["fingerprint"] == ours.provenance.fingerprint


GAP = [*POINTS[:2], [2, 8, {"train_loss": [None, POINTS[2][2]["train_loss"][1]]}], *POINTS[3:]]


@pytest.mark.parametrize(
    ("ours", "theirs", "state"),
    [
        (made(POINTS, THERE), made(POINTS[:3]), "differs"),
        (made(POINTS[:3], THERE), made(), "differs"),
        (made(GAP), made(), "differs"),
        (made(GAP, THERE), made(), "agrees"),
        (made(curves={"other": [[1.0, 1.0]] * 5}), made(), "differs"),
    ],
)
def test_missing_numbers_are_no_difference_of_one_or_none(ours, theirs, state):
    found = certificates.outcome(ours, theirs)
    assert (found["state"], found["largest_difference"]) == (state, None)
    shown = {"state": "differs", "largest_difference": None}
    told = render_to_string("experiments/certificate.html", {"certificate": shown})
    assert "some numbers are missing" in told and "at most" not in told


@pytest.fixture
def public(acting_settings, db):
    """A function that trains a run of the real engine."""

    def trained(config=XOR, visibility="public"):
        made = api.submit(config_text=config, is_system=True, target=("page", 1), visibility=visibility)
        train()
        return Run.objects.select_related("spec").get(pk=made.run.pk)

    return trained


@pytest.fixture
def acting_settings(settings, tmp_path):
    settings.BPSANDBOX_VISIBLE_SPECS = "bpsandbox.policies.all_targets"
    settings.BPSANDBOX_CERTIFICATE_SECONDS = 100
    return settings


def result_of(run):
    return api.document_of_run(run.pk)


def test_a_public_run_is_repeated_once(public):
    run = public()
    repetition = certificates.claim_next("one")
    assert (repetition.run_id, repetition.attempt) == (run.pk, 1)
    assert certificates.claim_next("two", is_thorough=True) is None
    assert certificates.finish(repetition, result_of(run), seconds=2.0)
    row = Certificate.objects.get()
    assert (row.state, row.same_until, row.seconds, row.attempts) == ("identical", row.last_step, 2.0, 1)
    assert certificates.claim_next("two", is_thorough=True) is None
    assert api.run_by_id(run.pk).certificate.state == "identical"
    assert Run.objects.count() == 1


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
def test_what_is_not_public_is_not_repeated(public, visibility):
    public(visibility=visibility)
    assert certificates.claim_next("one", is_thorough=True) is None


def test_a_run_that_ended_early_has_an_older_engine_or_is_not_shown_any_more_is_not_repeated(public):
    run = public()
    for change in ({"engine_version": "0"}, {"summary": run.summary | {"limited": True}}, {"working": "0.0.0"}):
        before = {name: getattr(run, name) for name in change}
        Run.objects.update(**change)
        assert certificates.claim_next("one", is_thorough=True) is None
        Run.objects.update(**before)
    Attachment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert certificates.claim_next("one", is_thorough=True) is None


def test_nothing_is_repeated_while_a_run_waits(public):
    public()
    api.submit(config_text=XOR.replace("40", "41"), is_system=True, target=("page", 2))
    assert certificates.claim_next("one") is None


def test_a_run_that_comes_ends_the_repetition_without_an_attempt(public):
    public()
    repetition = certificates.claim_next("one")
    assert certificates.renew(repetition) is None
    api.submit(config_text=XOR.replace("40", "41"), is_system=True, target=("page", 2))
    Run.objects.queued().update(created_at=timezone.now() - timedelta(seconds=1))
    assert certificates.renew(repetition) == "yielded"
    assert certificates.give_back(repetition, seconds=1.5)
    row = Certificate.objects.get()
    assert (row.state, row.attempts, row.seconds) == ("checking", 0, 1.5)
    assert not certificates.give_back(repetition, seconds=1.5)


def test_nothing_is_repeated_beside_a_run_that_the_same_worker_trains(public):
    public()
    repetition = certificates.claim_next("one")
    api.submit(config_text=XOR.replace("40", "41"), is_system=True, target=("page", 2))
    leases.claim_next("two")
    assert certificates.renew(repetition) is None
    Run.objects.filter(worker="two").update(worker="one")
    assert certificates.renew(repetition) == "yielded"
    certificates.give_back(repetition, seconds=0.1)
    assert certificates.claim_next("one") is None
    assert certificates.claim_next("two") is not None


def test_a_repetition_that_a_limit_ended_says_nothing(public):
    run = public()
    whole = result_of(run)
    cut = replace(whole, stop=tuple(replace(stop, reason="limit") for stop in whole.stop))
    repetition = certificates.claim_next("one")
    assert repeating.conclude(repetition, Outcome(document=cut), seconds=1.0)
    row = Certificate.objects.get()
    assert (row.state, row.attempts, row.largest_difference) == ("checking", 1, None)
    assert repeating.conclude(certificates.claim_next("one"), Outcome(document=whole), seconds=1.0)
    assert api.run_by_id(run.pk).certificate.state == "identical"


def test_the_time_of_a_day_is_bounded(public, acting_settings):
    run = public()
    first = certificates.claim_next("one")
    certificates.finish(first, result_of(run), seconds=100.0)
    public(XOR.replace("40", "41"))
    assert certificates.claim_next("one") is None
    Certificate.objects.update(lease_until=timezone.now() - timedelta(hours=25))
    assert certificates.claim_next("one") is not None
    acting_settings.BPSANDBOX_CERTIFICATE_SECONDS = 0
    assert certificates.claim_next("one") is None


def test_a_worker_that_was_cut_off_writes_nothing(public):
    run = public()
    lost = certificates.claim_next("one")
    Certificate.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    found = certificates.claim_next("two")
    assert (found.fence, found.attempt) == (lost.fence + 1, 2)
    assert certificates.renew(lost) == "lost"
    assert not certificates.finish(lost, result_of(run), seconds=1.0)
    assert Certificate.objects.get().state == "checking"
    assert certificates.finish(found, result_of(run), seconds=1.0)


def test_what_cannot_be_repeated_is_tried_three_times_and_shown_as_nothing(public):
    run = public()
    for attempt in (1, 2, 3):
        repetition = certificates.claim_next("one")
        assert repetition.attempt == attempt
        certificates.fail(repetition, seconds=1.0, is_final=False)
    assert certificates.claim_next("one", is_thorough=True) is None
    assert Certificate.objects.get().state == "failed"
    assert api.run_by_id(run.pk).certificate is None


def test_a_certificate_goes_with_its_run(public):
    run = public()
    repetition = certificates.claim_next("one")
    run.spec.delete()
    assert not Certificate.objects.exists()
    assert not certificates.finish(repetition, made(), seconds=1.0)


def test_a_certificate_is_stale_when_the_engine_moves(public, monkeypatch):
    run = public()
    certificates.finish(certificates.claim_next("one"), result_of(run), seconds=1.0)
    assert not api.run_by_id(run.pk).certificate.is_stale
    monkeypatch.setattr(services, "engine_version", lambda: "99")
    monkeypatch.setattr(certificates, "engine_version", lambda: "99")
    assert api.run_by_id(run.pk).certificate.is_stale
    assert certificates.claim_next("one", is_thorough=True) is None


def test_an_old_run_is_found_by_a_thorough_look(public, monkeypatch):
    monkeypatch.setattr(certificates, "RECENT", 1)
    old, new = public(), public(XOR.replace("40", "41"))
    certificates.finish(certificates.claim_next("one"), result_of(new), seconds=1.0)
    assert certificates.claim_next("one") is None
    assert certificates.claim_next("one", is_thorough=True).run_id == old.pk


REPEATING = {"BPSANDBOX_CERTIFICATE_SECONDS": 100}


def test_an_idle_worker_repeats_a_run_and_a_killed_one_is_replaced(workers, wanted):
    first = workers(**REPEATING)
    run = ended(wanted(points=150, pause=0.02).run.pk)
    eventually(lambda: Certificate.objects.filter(attempts=1).exists())
    busy_child(first)
    first.kill()
    first.wait()
    workers(**REPEATING)
    row = eventually(lambda: Certificate.objects.exclude(state="checking").first())
    assert (row.run_id, row.state, row.attempts, Run.objects.count()) == (run.pk, "identical", 2, 1)
    assert row.seconds > 1


@FULL
def test_a_repetition_makes_room_for_a_run_at_once(workers, wanted):
    workers(**REPEATING)
    run = ended(wanted(points=300, pause=0.02).run.pk)
    eventually(lambda: Certificate.objects.filter(attempts=1).exists())
    assert ended(wanted(points=3).run.pk).state == "succeeded"
    found = Certificate.objects.get(run=run)
    assert found.state == "checking" and found.fence > found.attempts  # it was given back, which is no attempt
