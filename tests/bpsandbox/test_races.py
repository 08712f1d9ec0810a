"""Many at once: one active run a spec, no quota exceeded, nothing refused that should be joined."""

import json
import threading
from collections import Counter
from hashlib import sha256

import pytest
from django.db import connection

from bpsandbox import errors, holding, services
from bpsandbox.models import Attachment, Run, Spec
from bpsandbox.services import Wish

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, act):
    """Do something in many threads that start together; return what came of each."""
    barrier, outcomes = threading.Barrier(count), [None] * count

    def one(index):
        barrier.wait()
        try:
            outcomes[index] = act(index)
        except errors.SandboxError as error:
            outcomes[index] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def submit(wish, **parts):
    canonical = json.dumps({"act": "finish", **parts}, sort_keys=True)
    spec_hash = sha256(canonical.encode()).hexdigest()[:32]
    return services.submit(spec_hash=spec_hash, canonical=canonical, facts={}, wish=wish)


def test_twenty_wishes_for_one_spec_are_one_run(acting, django_user_model):
    people = [django_user_model.objects.create_user(f"p{n}", f"p{n}@example.org", "pw") for n in range(20)]
    outcomes = at_once(20, lambda n: submit(Wish(user=people[n])).run.pk)
    assert len(set(outcomes)) == 1
    assert (Spec.objects.count(), Run.objects.count(), Attachment.objects.count()) == (1, 1, 20)


def test_a_member_who_asks_for_ten_at_once_gets_his_four(acting, django_user_model):
    ada = django_user_model.objects.create_user("ada", "ada@example.org", "pw")
    outcomes = at_once(10, lambda n: submit(Wish(user=ada), points=n + 1).run.state)
    assert Counter(outcomes) == {"queued": 4, "too_many_waiting": 6}
    assert Spec.objects.count() == Run.objects.count() == Attachment.objects.count() == 4


def test_eight_workers_claim_each_run_once_and_one_a_person(acting, django_user_model):
    for name in ("ada", "grace"):
        person = django_user_model.objects.create_user(name, f"{name}@example.org", "pw")
        for number in range(3):
            submit(Wish(user=person), points=number + 1, owner=name)
    claims = [claim for claim in at_once(8, lambda n: holding.claim_next(f"w{n}")) if claim]
    assert len({claim.run_id for claim in claims}) == len(claims) == 2
    assert (
        Counter(Run.objects.filter(state="running").values_list("requester__pk", flat=True)).most_common(1)[0][1] == 1
    )
