"""Scheduling: by priority, then by requester, so that nobody waits for all runs of others."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from bpsandbox import errors, leases, selectors
from bpsandbox.models import VISITORS, Run, Spec
from bpsandbox.runner import Failure
from bpsandbox.services import RunRequest

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def people(django_user_model):
    return {name: django_user_model.objects.create_user(name, f"{name}@example.org", "pw") for name in ("ada", "eve")}


def next_requester() -> str:
    """Claim a run as a worker and end it at once; return its requester."""
    claim = leases.claim_next("test")
    run = Run.objects.get(pk=claim.run_id)
    leases.fail(claim, Failure("broken", {}, is_final=True))
    return run.requester.handle if run.requester else run.quota_key[:10]


def only_ada(user) -> bool:
    return user.handle == "ada"


def test_a_run_waits_for_one_turn_of_each_requester_not_for_all_their_runs(wanted, people):
    for number in range(4):
        wanted(points=number + 1, request=RunRequest(user=people["eve"]))
    wanted(points=9, request=RunRequest(user=people["ada"]))
    assert [next_requester() for _ in range(5)] == ["eve", "ada", "eve", "eve", "eve"]


def test_who_has_trained_least_in_the_last_hour_is_next(wanted, people):
    for number in range(2):
        wanted(points=number + 1, request=RunRequest(user=people["eve"]))
        next_requester()
    wanted(points=3, request=RunRequest(user=people["eve"]))
    wanted(points=4, request=RunRequest(user=people["ada"]))
    assert next_requester() == "ada"
    Run.objects.exclude(started_at=None).update(started_at=timezone.now() - timedelta(minutes=61))
    wanted(points=5, request=RunRequest(user=people["ada"]))
    assert next_requester() == "eve"


def test_visitors_of_one_network_take_turns_as_one(wanted):
    for number in range(4):
        wanted(points=number + 1, request=RunRequest(owner_key=f"v{number}", address="192.0.2.1"))
    other = wanted(points=9, request=RunRequest(owner_key="w", address="198.51.100.1")).run
    next_requester()
    assert leases.claim_next("test").run_id == other.pk


def test_an_account_that_is_not_trusted_has_a_visitors_quota_and_priority(wanted, people, settings):
    settings.BPSANDBOX_HAS_MEMBER_QUOTA = f"{__name__}.only_ada"
    for number in range(10):
        wanted(points=number + 1, request=RunRequest(user=people["eve"], address="192.0.2.1"))
        if number < 9:
            next_requester()
    run = Run.objects.latest("pk")
    assert (run.priority, run.cpu_seconds, run.network) == (VISITORS, 5, "192.0.2.0/24")
    with pytest.raises(errors.UntrustedLimit) as caught:
        wanted(points=11, request=RunRequest(user=people["eve"], address="192.0.2.1"))
    assert str(caught.value) == "Until your account is confirmed the limit is 10 runs an hour. Try again in 60 min."
    wanted(points=12, request=RunRequest(user=people["ada"], address="192.0.2.1"))
    assert next_requester() == "ada"


def test_new_accounts_of_one_network_share_its_runs(wanted, django_user_model, settings):
    settings.BPSANDBOX_HAS_MEMBER_QUOTA = f"{__name__}.only_ada"
    settings.BPSANDBOX_NETWORK_RUNS_AN_HOUR = 3
    new = [django_user_model.objects.create_user(f"new{n}", f"new{n}@example.org", "pw") for n in range(4)]
    for number in range(3):
        wanted(points=number + 1, request=RunRequest(user=new[number], address="192.0.2.1"))
    with pytest.raises(errors.NetworkLimit):
        wanted(points=4, request=RunRequest(user=new[3], address="192.0.2.9"))


def test_the_waiting_know_their_turn(wanted, people):
    for number in range(4):
        wanted(points=number + 1, request=RunRequest(user=people["eve"]))
    spec_hash = wanted(points=9, request=RunRequest(user=people["ada"])).spec_hash
    assert selectors.run_page(spec_hash, people["ada"]).waiting_before == 1


def test_the_turns_of_a_requester_are_counted_in_an_index(db):
    now = timezone.now()
    specs = Spec.objects.bulk_create(Spec(hash=f"{n:032}", canonical="{}") for n in range(1000))
    Run.objects.bulk_create(
        Run(spec=spec, cpu_seconds=1, state=state, quota_key=f"user:{n % 90}", network=f"10.0.{n % 90}.0/24", **moments)
        for n, spec in enumerate(specs)
        for state, moments in [("failed", {"started_at": now, "finished_at": now}), ("queued", {})]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plan = Run.objects.claimable().explain()
    assert "bpsandbox_run_turn" in plan and "bpsandbox_run_net_turn" in plan
