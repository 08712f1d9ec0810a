"""Concurrency: one active run per spec, no quota exceeded, nothing rejected that can be joined."""

import threading
from collections import Counter
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from bpsandbox import errors, leases, services
from bpsandbox.document import Document
from bpsandbox.models import Attachment, Run, Spec
from bpsandbox.services import RunRequest
from tests import at_once as together
from tests.bpsandbox.runner.acting_engine import canonical, document

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


def at_once(count, act):
    """Call a function in many threads that start together; return the results, and the codes of errors."""
    outcomes = together.at_once(count, act)
    return [outcome.code if isinstance(outcome, errors.SandboxError) else outcome for outcome in outcomes]


def submit(request, **parts):
    text = canonical(**parts)
    spec_hash = sha256(text.encode()).hexdigest()[:32]
    return services.submit(spec_hash=spec_hash, canonical=text, facts={}, request=request)


def test_twenty_wishes_for_one_spec_are_one_run(acting, django_user_model):
    people = [django_user_model.objects.create_user(f"p{n}", f"p{n}@example.org", "pw") for n in range(20)]
    outcomes = at_once(20, lambda n: submit(RunRequest(user=people[n])).run.pk)
    assert len(set(outcomes)) == 1
    assert (Spec.objects.count(), Run.objects.count(), Attachment.objects.count()) == (1, 1, 20)


def test_a_member_who_asks_for_ten_at_once_gets_their_four(acting, django_user_model):
    ada = django_user_model.objects.create_user("ada", "ada@example.org", "pw")
    outcomes = at_once(10, lambda n: submit(RunRequest(user=ada), points=n + 1).run.state)
    assert Counter(outcomes) == {"queued": 4, "too_many_waiting": 6}
    assert Spec.objects.count() == Run.objects.count() == Attachment.objects.count() == 4


def test_an_account_that_asks_from_ten_networks_at_once_gets_its_four(acting, django_user_model, settings):
    settings.BPSANDBOX_HAS_MEMBER_QUOTA = f"{__name__}.nobody"
    ada = django_user_model.objects.create_user("ada", "ada@example.org", "pw")
    requests = [RunRequest(user=ada, address=f"10.0.{n}.1") for n in range(10)]
    outcomes = at_once(10, lambda n: submit(requests[n], points=n + 1).run.state)
    assert Counter(outcomes) == {"queued": 4, "too_many_waiting": 6}
    assert Run.objects.count() == 4


def nobody(_user) -> bool:
    return False


def test_eight_workers_claim_each_run_once_and_one_a_person(acting, django_user_model):
    for name in ("ada", "grace"):
        person = django_user_model.objects.create_user(name, f"{name}@example.org", "pw")
        for number in range(3):
            submit(RunRequest(user=person), points=number + 1, owner=name)
    claims = [claim for claim in at_once(8, lambda n: leases.claim_next(f"w{n}")) if claim]
    assert len({claim.run_id for claim in claims}) == len(claims) == 2
    assert (
        Counter(Run.objects.filter(state="running").values_list("requester__pk", flat=True)).most_common(1)[0][1] == 1
    )


class EndsAfterTheRefusal:
    """Ends the active run of a spec between the database's rejection of a second one and the next query."""

    def __init__(self, end):
        self.end, self.is_refused = end, False

    def __call__(self, execute, sql, params, many, context):
        if self.is_refused and sql.startswith("SELECT"):
            self.is_refused = False
            self.end()
        try:
            return execute(sql, params, many, context)
        except IntegrityError:
            self.is_refused = True
            raise


def enqueued_while(end, spec, **request):
    with connection.execute_wrapper(EndsAfterTheRefusal(end)), transaction.atomic():
        return services.enqueue(spec=spec, request=RunRequest(is_system=True), **request)


def finish(run):
    points = [[0, 0, {"train_loss": [1.0]}]]
    made = {**document({}, [0], points), "engine": services.engine_version()}
    leases.finish(leases.claim_next("here"), Document.from_json(made))


def test_a_run_that_is_cancelled_before_it_can_be_joined_is_made_anew(acting):
    earlier = submit(RunRequest(is_system=True)).run
    run, is_new = enqueued_while(lambda: Run.objects.filter(pk=earlier.pk).move("withdraw"), earlier.spec)
    assert is_new and run.pk != earlier.pk
    assert run.state == "queued"


def test_a_run_that_ends_before_it_can_be_joined_gives_its_result(acting):
    earlier = submit(RunRequest(is_system=True)).run
    run, is_new = enqueued_while(lambda: finish(earlier), earlier.spec)
    assert (run.pk, is_new) == (earlier.pk, False)
    assert run.state == "succeeded"


def test_a_repetition_is_made_though_another_run_has_just_ended(acting):
    earlier = submit(RunRequest(is_system=True)).run
    run, is_new = enqueued_while(lambda: finish(earlier), earlier.spec, repeats=earlier)
    assert is_new and run.repeats_id == earlier.pk


with_rows_locked = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
A_YEAR = timedelta(days=365)


def an_orphan():
    submission = submit(RunRequest(is_system=True))
    Run.objects.filter(pk=submission.run.pk).move("withdraw")
    Attachment.objects.all().delete()
    Run.objects.update(created_at=timezone.now() - A_YEAR)
    Spec.objects.update(created_at=timezone.now() - A_YEAR)
    return submission.run.spec


class Elsewhere(threading.Thread):
    """Runs a function on another connection; `join` raises its error."""

    def __init__(self, act):
        super().__init__()
        self.act, self.error = act, None
        self.start()

    def run(self):
        try:
            self.act()
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def join(self, timeout=60):
        super().join(timeout)
        if self.error:
            raise self.error


@with_rows_locked
def test_a_spec_that_somebody_is_attaching_is_not_forgotten(acting):
    orphan = an_orphan()
    attached, purged = threading.Event(), threading.Event()

    @transaction.atomic
    def attach():
        submit(RunRequest(is_system=True))
        attached.set()
        purged.wait(60)

    other = Elsewhere(attach)
    attached.wait(60)
    assert services.purge() == 0
    purged.set()
    other.join()
    assert (Spec.objects.get().pk, Attachment.objects.count()) == (orphan.pk, 1)


@with_rows_locked
def test_a_spec_that_is_being_forgotten_is_made_anew(acting):
    orphan = an_orphan()
    with transaction.atomic():
        assert services.purge() == 1
        other = Elsewhere(lambda: submit(RunRequest(is_system=True)))
        other_waits()
    other.join()
    assert Spec.objects.get().pk != orphan.pk
    assert (Attachment.objects.count(), Run.objects.count()) == (1, 1)


def other_waits():
    """Wait until another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        for _ in range(1_200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    pytest.fail("nobody waits")
