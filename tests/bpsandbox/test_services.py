"""Requesting, sharing, repeating and withdrawing a run."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from bpsandbox import errors, leases, quotas, selectors, services
from bpsandbox.document import Stop
from bpsandbox.models import SYSTEM, Attachment, Run, Spec
from bpsandbox.runner import Failure, results
from bpsandbox.services import RunRequest
from bpsandbox.signals import run_finished
from tests.bpsandbox.documents import typed
from tests.bpsandbox.runner.acting_engine import document

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def ada(django_user_model):
    return django_user_model.objects.create_user("ada", "ada@example.org", "pw")


@pytest.fixture
def grace(django_user_model):
    return django_user_model.objects.create_user("grace", "grace@example.org", "pw")


def train_all():
    """Act as a worker without a child: every queued run succeeds."""
    while claim := leases.claim_next("test"):
        points = [[0, 0, {"train_loss": [1.0, 0.5]}], [1, 4, {"train_loss": [0.5, 0.25]}]]
        leases.finish(claim, typed({**document({}, [0, 1], points), "engine": services.engine_version()}))


def work_all(reason="diverged"):
    """Do the same for worked steps: each seed ended before its first."""
    while claim := leases.claim_next("test"):
        leases.finish_step(claim, Stop(reason, 0, 0))


def run_states():
    return list(Run.objects.order_by("pk").values_list("state", flat=True))


def test_a_new_wish_queues_a_run_and_the_spec_shows_it(wanted, ada):
    submission = wanted(request=RunRequest(user=ada, title="Mine"))
    assert not submission.reused
    assert submission.run.state == "queued"
    assert Spec.objects.get().current_run == submission.run
    assert Attachment.objects.get().title == "Mine"


def test_a_second_wish_joins_the_run_on_its_way(wanted, ada, grace):
    first = wanted(request=RunRequest(user=ada))
    second = wanted(request=RunRequest(user=grace))
    assert second.reused
    assert second.run == first.run
    assert Attachment.objects.count() == 2


def test_a_result_is_reused_at_once_and_free_of_quota(wanted, ada, grace, settings):
    settings.BPSANDBOX_MEMBER_RUNS_AN_HOUR = 1
    wanted(request=RunRequest(user=ada))
    train_all()
    wanted(points=7, request=RunRequest(user=grace))
    again = wanted(request=RunRequest(user=grace))
    assert again.reused
    assert again.run.state == "succeeded"


def test_a_failed_run_is_not_reused(wanted, ada):
    first = wanted(request=RunRequest(user=ada))
    leases.fail(leases.claim_next("test"), Failure("cpu", {"seconds": 30}))
    second = wanted(request=RunRequest(user=ada))
    assert not second.reused
    assert second.run != first.run
    assert Spec.objects.get().current_run == second.run


def test_a_result_that_a_limit_cut_short_is_shown_but_not_reused(wanted, ada):
    spec = wanted(request=RunRequest(owner_key="v", address="192.0.2.1", visibility="public")).attachment.spec
    points = [[0, 0, {"train_loss": [1.0, 0.5]}]]
    cut = typed({**document({"reason": "limit"}, [0, 1], points), "engine": services.engine_version()})
    leases.finish(leases.claim_next("test"), cut)
    assert selectors.card_states([spec.hash])[spec.hash].state == "succeeded"
    assert not wanted(request=RunRequest(user=ada)).reused


def test_a_result_of_another_engine_is_not_reused(wanted, ada):
    wanted(request=RunRequest(user=ada))
    train_all()
    Run.objects.update(engine_version="older")
    assert not wanted(request=RunRequest(user=ada)).reused


def test_joining_makes_a_run_as_urgent_and_generous_as_its_best_wish(wanted, ada):
    wanted()
    wanted(request=RunRequest(user=ada))
    assert Run.objects.get().priority < SYSTEM
    wanted(points=9, request=RunRequest(address="192.0.2.1", owner_key="k"))
    wanted(points=9, request=RunRequest(user=ada))
    assert Run.objects.latest("pk").cpu_seconds == 30


def test_wanting_the_same_for_the_same_target_twice_is_one_attachment(wanted, ada):
    for _ in range(2):
        wanted(request=RunRequest(user=ada, target=("post", 5)))
    assert Attachment.objects.count() == 1


# quotas


def test_a_member_has_one_running_and_three_waiting(wanted, ada):
    for number in range(4):
        wanted(points=number + 1, request=RunRequest(user=ada))
    leases.claim_next("test")
    assert leases.claim_next("test") is None
    with pytest.raises(errors.TooManyWaiting) as caught:
        wanted(points=99, request=RunRequest(user=ada))
    assert str(caught.value) == "You already have 3 runs waiting. Let one start first, or cancel one."
    assert Run.objects.count() == Spec.objects.count() == Attachment.objects.count() == 4


def test_the_database_itself_refuses_a_members_second_running_run(wanted, ada):
    wanted(points=1, request=RunRequest(user=ada))
    second = wanted(points=2, request=RunRequest(user=ada)).run
    leases.claim_next("test")
    assert leases.claim(second.pk, fence=0, worker="other") is False
    assert run_states() == ["running", "queued"]


def test_an_hours_runs_are_counted_and_the_refusal_says_when_to_come_back(wanted, ada):
    for number in range(20):
        wanted(points=number + 1, request=RunRequest(user=ada))
        train_all()
    Run.objects.update(created_at=timezone.now() - timedelta(minutes=50))
    with pytest.raises(errors.HourlyLimit) as caught:
        wanted(points=50, request=RunRequest(user=ada))
    assert str(caught.value).startswith("The limit is 20 runs an hour. Try again in 10 min. Members who joined ")
    assert 590 <= caught.value.retry_after <= 600
    Run.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert not wanted(points=50, request=RunRequest(user=ada)).reused


def test_a_days_runs_are_counted(wanted, ada, settings):
    settings.BPSANDBOX_MEMBER_RUNS_A_DAY = 2
    for number in range(2):
        wanted(points=number + 1, request=RunRequest(user=ada))
        train_all()
    Run.objects.update(created_at=timezone.now() - timedelta(hours=3))
    with pytest.raises(errors.DailyLimit):
        wanted(points=50, request=RunRequest(user=ada))


def everybody(user):
    return True


def who(*, an_hour, a_day):
    return f"Friends have {an_hour} and {a_day}."


def test_members_whom_the_host_trusts_have_more_runs(wanted, ada, settings):
    settings.BPSANDBOX_MEMBER_RUNS_AN_HOUR = settings.BPSANDBOX_MEMBER_RUNS_A_DAY = 1
    settings.BPSANDBOX_TRUSTED_RUNS_AN_HOUR, settings.BPSANDBOX_TRUSTED_RUNS_A_DAY = 2, 3
    settings.BPSANDBOX_TRUSTED_WORDS = f"{__name__}.who"
    wanted(points=1, request=RunRequest(user=ada))
    train_all()
    with pytest.raises(errors.HourlyLimit) as caught:
        wanted(points=2, request=RunRequest(user=ada))
    assert str(caught.value) == "The limit is 1 run an hour. Try again in 60 min. Friends have 2 and 3."
    assert quotas.allowance(ada) == quotas.Allowance(((3600, 1, 1), (86_400, 1, 1)), "Friends have 2 and 3.")
    settings.BPSANDBOX_HAS_TRUSTED_QUOTA = f"{__name__}.everybody"
    wanted(points=2, request=RunRequest(user=ada))
    train_all()
    with pytest.raises(errors.HourlyLimit) as caught:
        wanted(points=3, request=RunRequest(user=ada))
    assert str(caught.value) == "The limit is 2 runs an hour. Try again in 60 min."
    assert quotas.allowance(ada) == quotas.Allowance(((3600, 2, 2), (86_400, 3, 2)))
    settings.BPSANDBOX_TRUSTED_RUNS_AN_HOUR = 9
    wanted(points=3, request=RunRequest(user=ada))
    with pytest.raises(errors.DailyLimit) as caught:
        wanted(points=4, request=RunRequest(user=ada))
    assert str(caught.value).startswith("The limit is 3 runs a day.") and "Friends" not in str(caught.value)


@pytest.mark.parametrize(
    ("first", "second"),
    [("192.0.2.1", "192.0.2.200"), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("::ffff:192.0.2.1", "192.0.2.7"),
     ("2001:db8:1:2::/64", "2001:db8:1:2::9")],
)  # fmt: skip
def test_visitors_of_one_network_share_its_runs_of_an_hour(wanted, settings, first, second):
    settings.BPSANDBOX_NETWORK_RUNS_AN_HOUR = 12
    for number in range(12):
        wanted(points=number + 1, request=RunRequest(owner_key=f"v{number}", address=first))
    with pytest.raises(errors.NetworkLimit) as caught:
        wanted(points=13, request=RunRequest(owner_key="w", address=second))
    assert str(caught.value) == (
        "Visitors from your network share 12 runs an hour. With an account you have 20 of your own. "
        "Sign in, or try again in 60 min."
    )
    for number, other in enumerate(("198.51.100.1", "2001:db8:1:3::/64"), start=13):
        assert not wanted(points=number, request=RunRequest(owner_key="w", address=other)).reused


def test_who_had_the_sure_runs_of_a_busy_network_waits_until_either_is_over(wanted, settings):
    settings.BPSANDBOX_NETWORK_SHARED_RUNS_AN_HOUR, settings.BPSANDBOX_VISITOR_SURE_RUNS_AN_HOUR = 3, 1
    points = iter(range(1, 20))

    def ask(visitor, minutes_ago=0):
        run = wanted(points=next(points), request=RunRequest(owner_key=visitor, address="192.0.2.1")).run
        Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=minutes_ago))

    for visitor, minutes_ago in [("a", 50), ("b", 40), ("b", 30), ("c", 20)]:
        ask(visitor, minutes_ago)
    for visitor, minutes in [("a", 10), ("b", 20), ("c", 20)]:
        with pytest.raises(errors.ShareLimit) as caught:
            ask(visitor)
        assert caught.value.retry_after == 60 * minutes, visitor
    assert str(caught.value) == (
        "Visitors from your network share 3 runs an hour. They are used up, and you have had your share. "
        "With an account you have 20 of your own. Sign in, or try again in 20 min."
    )
    ask("d")


def test_a_browser_without_an_account_has_ten_runs_an_hour_wherever_it_is(wanted):
    for number in range(10):
        wanted(points=number + 1, request=RunRequest(owner_key="v", address=f"192.0.{number}.1"))
        train_all()
    with pytest.raises(errors.VisitorLimit) as caught:
        wanted(points=11, request=RunRequest(owner_key="v", address="198.51.100.1"))
    assert str(caught.value) == (
        "Without an account the limit is 10 runs an hour. With one it is 20, and runs are kept. "
        "Sign in, or try again in 60 min."
    )
    assert caught.value.code == "hourly_limit"
    assert not wanted(points=11, request=RunRequest(owner_key="w", address="192.0.0.1")).reused


def test_visitors_of_one_network_share_their_worked_steps_too(wanted, settings):
    settings.BPSANDBOX_NETWORK_STEPS_AN_HOUR = 2
    spec = wanted(request=RunRequest(owner_key="v", address="192.0.2.1")).run.spec
    train_all()
    for number in range(2):
        services.work_step(
            spec=spec, working=f"0.{number}.0", request=RunRequest(owner_key=f"v{number}", address="192.0.2.1")
        )
    with pytest.raises(errors.StepLimit) as caught:
        services.work_step(spec=spec, working="0.2.0", request=RunRequest(owner_key="new", address="192.0.2.9"))
    assert str(caught.value) == "The limit is 2 worked steps an hour. Try again in 60 min."
    assert Run.objects.steps().count() == 2
    assert not wanted(points=2, request=RunRequest(owner_key="new", address="192.0.2.9")).reused
    services.work_step(spec=spec, working="0.2.0", request=RunRequest(owner_key="w", address="198.51.100.1"))


def test_the_first_visitor_of_a_class_cannot_use_up_its_worked_steps(wanted, settings):
    settings.BPSANDBOX_NETWORK_SHARED_STEPS_AN_HOUR, settings.BPSANDBOX_VISITOR_SURE_STEPS_AN_HOUR = 3, 1
    settings.BPSANDBOX_NETWORK_STEPS_AN_HOUR, settings.BPSANDBOX_MEMBER_WAITING = 5, 9
    spec = wanted(request=RunRequest(owner_key="v", address="192.0.2.1")).run.spec
    train_all()
    numbers = iter(range(20))

    def ask(visitor):
        request = RunRequest(owner_key=visitor, address="192.0.2.1")
        services.work_step(spec=spec, working=f"0.{next(numbers)}.0", request=request)

    for visitor in "aaa":
        ask(visitor)
    with pytest.raises(errors.StepShareLimit) as caught:
        ask("a")
    assert str(caught.value) == (
        "Visitors from your network share 3 worked steps an hour. They are used up, and you have had your share. "
        "With an account you have 120 of your own. Sign in, or try again in 60 min."
    )
    assert caught.value.code == "step_limit"
    ask("b")
    with pytest.raises(errors.StepShareLimit):
        ask("b")
    ask("c")
    with pytest.raises(errors.StepLimit):
        ask("d")
    assert Run.objects.steps().count() == 5


def test_browsers_of_one_network_train_side_by_side(wanted):
    for number in range(2):
        wanted(points=number + 1, request=RunRequest(owner_key=f"v{number}", address="192.0.2.1"))
    assert leases.claim_next("a") and leases.claim_next("b")


def test_a_browsers_secret_is_not_in_its_quota(wanted):
    run = wanted(request=RunRequest(owner_key="secret", address="192.0.2.1")).run
    assert "secret" not in run.quota_key and run.network == "192.0.2.0/24"


def test_a_visitors_run_has_five_seconds_and_ends_after_a_day(wanted):
    wanted(request=RunRequest(owner_key="v", address="192.0.2.1", visibility="unlisted"))
    assert Run.objects.get().cpu_seconds == 5
    train_all()
    Attachment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert selectors.card_states([Spec.objects.get().hash], owner_key="v") == {}
    assert services.expire() == 1
    assert not Spec.objects.exists()
    assert not Run.objects.exists()


def test_what_a_member_wants_too_outlives_the_visitors_day(wanted, ada):
    wanted(request=RunRequest(owner_key="v", address="192.0.2.1"))
    wanted(request=RunRequest(user=ada))
    Attachment.objects.filter(owner=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert services.expire() == 0
    assert run_states() == ["queued"]


def test_system_runs_count_in_no_quota_and_go_last(wanted, ada):
    for number in range(30):
        wanted(points=number + 1)
    mine = wanted(points=99, request=RunRequest(user=ada)).run
    assert leases.claim_next("test").run_id == mine.pk


# withdrawing


def test_cancelling_in_the_queue_ends_the_run_at_once(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    assert services.cancel(spec=spec, user=ada) is True
    run = Run.objects.get()
    assert run.state == "cancelled"
    assert run.finished_at is not None
    assert leases.claim_next("test") is None


def test_cancelling_ends_nothing_while_another_waits(wanted, ada, grace):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    wanted(request=RunRequest(user=grace))
    assert services.cancel(spec=spec, user=ada) is False
    assert run_states() == ["queued"]
    assert services.cancel(spec=spec, user=grace) is True


def test_cancelling_a_running_run_asks_its_worker(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    claim = leases.claim_next("test")
    assert services.cancel(spec=spec, user=ada) is True
    assert Run.objects.get().is_cancelling
    assert leases.renew(claim) == "cancelled"
    assert leases.stop(claim)
    assert run_states() == ["cancelled"]


def test_a_cancelled_run_that_is_wanted_again_goes_back_to_the_queue(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    claim = leases.claim_next("test")
    services.cancel(spec=spec, user=ada)
    wanted(request=RunRequest(user=ada))
    assert leases.stop(claim)
    assert run_states() == ["queued"]


def test_a_stranger_cannot_cancel_and_staff_can_for_all(wanted, ada, grace):
    spec = wanted(request=RunRequest(user=ada, visibility="public")).attachment.spec
    with pytest.raises(errors.NotYours):
        services.cancel(spec=spec, user=grace)
    with pytest.raises(errors.NotYours):
        services.cancel(spec=spec, user=None, owner_key="x")
    assert run_states() == ["queued"]
    grace.is_staff = True
    assert services.cancel(spec=spec, user=grace) is True


def test_what_has_ended_cannot_be_cancelled(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    train_all()
    with pytest.raises(errors.AlreadyEnded):
        services.cancel(spec=spec, user=ada)


def test_an_edited_post_keeps_some_specs_and_drops_the_others(wanted, ada):
    kept = wanted(points=1, request=RunRequest(user=ada, target=("post", 5)))
    wanted(points=2, request=RunRequest(user=ada, target=("post", 5)))
    services.detach(target=("post", 5), keep=(kept.spec_hash,))
    assert run_states() == ["queued", "cancelled"]
    assert Attachment.objects.count() == 1


def test_orphans_are_forgotten_after_a_month(wanted, ada):
    wanted(request=RunRequest(user=ada, target=("post", 5)))
    train_all()
    services.detach(target=("post", 5))
    assert services.purge() == 0
    long_ago = timezone.now() - timedelta(days=31)
    Spec.objects.update(created_at=long_ago)
    Run.objects.update(created_at=long_ago)
    assert services.purge() == 1


def test_worked_steps_are_forgotten_after_a_month_and_their_run_is_kept(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).run.spec
    train_all()
    services.work_step(spec=spec, working="0.3.0", request=RunRequest(user=ada))
    work_all()
    services.purge()
    assert Run.objects.steps().count() == 1
    Run.objects.update(finished_at=timezone.now() - timedelta(days=31))
    services.purge()
    assert list(Run.objects.values_list("working", "state")) == [("", "succeeded")]


def test_a_worked_step_has_the_stamp_of_the_engine_that_worked_it(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).run.spec
    train_all()
    services.work_step(spec=spec, working="0.3.0", request=RunRequest(user=ada))
    Run.objects.steps().update(engine_version="older")
    work_all()
    assert Run.objects.steps().get().engine_version == services.engine_version()


@pytest.mark.parametrize(("reason", "count"), [("limit", 2), ("diverged", 1)])
def test_a_step_that_had_too_little_time_is_worked_again(wanted, ada, reason, count):
    spec = wanted(request=RunRequest(user=ada)).run.spec
    train_all()
    services.work_step(spec=spec, working="0.3.0", request=RunRequest(owner_key="v", address="192.0.2.1"))
    work_all(reason)
    services.work_step(spec=spec, working="0.3.0", request=RunRequest(user=ada))
    assert Run.objects.steps().count() == count
    assert selectors.worked_step(spec, sample=0, step=3, seed=0).is_waiting == (count == 2)


def test_nobody_is_told_of_a_worked_step(wanted, ada, django_capture_on_commit_callbacks):
    spec = wanted(request=RunRequest(user=ada)).run.spec
    train_all()
    services.work_step(spec=spec, working="0.3.0", request=RunRequest(user=ada))
    heard = []
    run_finished.connect(listener := lambda **told: heard.append(told["run_id"]))
    try:
        with django_capture_on_commit_callbacks(execute=True):
            work_all()
    finally:
        run_finished.disconnect(listener)
    assert heard == []
    assert Run.objects.steps().get().announced_at is not None


# reruns


def test_a_rerun_is_a_new_run_of_the_same_spec_and_compares(wanted, ada, grace):
    spec = wanted(request=RunRequest(user=ada, visibility="public")).attachment.spec
    train_all()
    submission = services.rerun(spec=spec, request=RunRequest(user=grace))
    assert not submission.reused
    spec.refresh_from_db()
    assert spec.current_run.state == "succeeded"
    train_all()
    newer = Run.objects.latest("pk")
    assert newer.repeats_id == Run.objects.earliest("pk").pk
    assert newer.agreement == {"identical": True, "same_until": 4, "largest_difference": 0.0}
    spec.refresh_from_db()
    assert spec.current_run == newer


def test_a_rerun_of_what_another_engine_computed_is_compared_but_never_identical(wanted, ada):
    spec = wanted(request=RunRequest(user=ada, visibility="public")).attachment.spec
    train_all()
    older = Run.objects.get()
    whole = selectors.whole_document(spec.hash, ada).to_json() | {"engine": "0"}
    Run.objects.update(engine_version="0", archive=results.pack(typed(whole)))
    assert services.usable_run(spec) is None
    services.rerun(spec=spec, request=RunRequest(user=ada))
    train_all()
    newer = Run.objects.latest("pk")
    assert newer.agreement == {"identical": False, "same_until": 4, "largest_difference": 0.0, "earlier_engine": "0"}
    spec.refresh_from_db()
    assert (spec.current_run, services.usable_run(spec), newer.repeats_id) == (newer, newer, older.pk)


def test_a_rerun_joins_one_that_is_on_its_way(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    assert services.rerun(spec=spec, request=RunRequest(user=ada)).reused
    assert Run.objects.count() == 1


def test_a_result_that_a_limit_cut_short_does_not_replace_a_complete_one(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    train_all()
    first = Run.objects.get()
    Run.objects.update(engine_version="0")
    shown = []
    for is_limited in (True, False, True):
        services.rerun(spec=spec, request=RunRequest(user=ada))
        train_all()
        newest = Run.objects.latest("pk")
        Run.objects.filter(pk=newest.pk).update(summary=newest.summary | {"limited": is_limited})
        services.choose_current(spec_id=spec.pk)
        spec.refresh_from_db()
        shown.append(spec.current_run_id)
    _first, _cut, second, _cut_again = Run.objects.order_by("pk").values_list("pk", flat=True)
    assert shown == [first.pk, second, second]


def test_a_cancelled_rerun_leaves_the_earlier_result_on_show(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    train_all()
    services.rerun(spec=spec, request=RunRequest(user=ada))
    services.cancel(spec=spec, user=ada)
    spec.refresh_from_db()
    assert spec.current_run.state == "succeeded"


# fencing


def test_a_claim_is_made_once(wanted):
    run = wanted().run
    assert leases.claim(run.pk, fence=0, worker="one")
    assert not leases.claim(run.pk, fence=0, worker="two")


def test_a_worker_whose_lease_was_lost_writes_nothing(wanted):
    wanted()
    late = leases.claim_next("one")
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases.recover(leases.late()) == 1
    ours = leases.claim_next("two")
    points = [[0, 0, {"train_loss": [9.0, 9.0]}]]
    assert leases.report(late, {"points": points}) is False
    assert leases.renew(late) == "lost"
    assert leases.finish(late, typed(document({}, [0, 1], points))) is False
    assert leases.fail(late, Failure("cpu", {"seconds": 1})) is False
    assert leases.give_back(late) is False
    run = Run.objects.get()
    assert (run.state, run.progress, run.worker) == ("running", None, "two")
    assert leases.renew(ours) is None


def test_a_run_whose_workers_disappear_three_times_has_failed(wanted):
    wanted()
    for _ in range(3):
        leases.claim_next("doomed")
        Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        leases.recover(leases.late())
    run = Run.objects.get()
    assert run.state == "failed"
    assert run.failure_sentence == "The worker that was training it disappeared in 3 of 3 attempts."


def test_a_cancelled_run_whose_worker_disappears_is_cancelled(wanted, ada):
    spec = wanted(request=RunRequest(user=ada)).attachment.spec
    leases.claim_next("doomed")
    services.cancel(spec=spec, user=ada)
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    leases.recover(leases.late())
    assert run_states() == ["cancelled"]


def test_a_result_too_large_to_keep_is_refused_whole(wanted, settings):
    settings.BPSANDBOX_RESULT_BYTES = 100
    wanted()
    claim = leases.claim_next("one")
    with pytest.raises(leases.TooLarge):
        leases.finish(claim, typed(document({}, [0, 1], [[0, 0, {"train_loss": [9.0, 9.0]}]])))
    assert run_states() == ["running"]


# visibility


@pytest.mark.parametrize(
    ("visibility", "viewer", "opens", "listed"),
    [
        ("public", "stranger", True, True),
        ("unlisted", "stranger", True, False),
        ("private", "stranger", False, False),
        ("private", "owner", True, False),
        ("public", "visitor", True, True),
        ("private", "visitor", False, False),
    ],
)
def test_who_sees_a_spec(wanted, ada, grace, visibility, viewer, opens, listed):
    spec_hash = wanted(request=RunRequest(user=ada, visibility=visibility)).spec_hash
    train_all()
    user = {"stranger": grace, "owner": ada, "visitor": AnonymousUser()}[viewer]
    assert (spec_hash in selectors.card_states([spec_hash], user)) is opens
    assert [spec.hash for spec in selectors.gallery(user)] == ([spec_hash] if listed else [])
    if opens:
        assert selectors.run_page(spec_hash, user).card.state == "succeeded"
        assert selectors.whole_document(spec_hash, user).epochs == (0, 1)
    else:
        for read in (selectors.run_page, selectors.whole_document, selectors.spec_for):
            with pytest.raises(errors.RunNotFound):
                read(spec_hash, user)


def test_visitors_see_their_own_by_their_key_alone(wanted):
    spec_hash = wanted(request=RunRequest(owner_key="k", address="192.0.2.1")).spec_hash
    assert selectors.run_page(spec_hash, owner_key="k").can_cancel
    with pytest.raises(errors.RunNotFound):
        selectors.run_page(spec_hash, owner_key="other")
    with pytest.raises(errors.RunNotFound):
        selectors.run_page(spec_hash)


def test_the_host_hides_a_spec_with_its_page(wanted, ada, grace, settings):
    settings.BPSANDBOX_VISIBLE_SPECS = "tests.bpsandbox.test_services.only_target_1"
    hidden = wanted(points=2, request=RunRequest(user=ada, target=("post", 2), visibility="public")).spec_hash
    shown = wanted(points=1, request=RunRequest(user=ada, target=("post", 1), visibility="public")).spec_hash
    assert set(selectors.card_states([hidden, shown], grace)) == {shown}
    assert set(selectors.card_states([hidden, shown], ada)) == {hidden, shown}


def only_target_1(user):
    from django.db.models import Q

    return Q(target_id=1)


def test_cards_of_many_specs_are_one_query_and_a_gallery_is_two(wanted, ada, django_assert_num_queries):
    hashes = [
        wanted(points=n + 1, request=RunRequest(user=ada, visibility="public", target=("post", n))).spec_hash
        for n in range(3)
    ]
    train_all()
    with django_assert_num_queries(1):
        cards = selectors.card_states(hashes, AnonymousUser())
        assert [cards[name].series.epochs for name in hashes] == [(0, 1)] * 3
    with django_assert_num_queries(1):
        found = selectors.listed_on("post", [0, 1, 2, 99], 2)
        assert [(each.target_id, each.brief.summary.final) for each in found] == [(2, 0.375), (1, 0.375)]
    with django_assert_num_queries(2):
        found = [(listing.title, listing.target_id) for listing in map(selectors.listing_of, selectors.gallery(None))]
        assert found == [("", 2), ("", 1), ("", 0)]


def test_the_waiting_know_their_place(wanted, ada):
    wanted(points=1)
    for number in range(3):
        spec_hash = wanted(points=number + 2, request=RunRequest(user=ada)).spec_hash
    assert selectors.run_page(spec_hash, ada).waiting_before == 2


def test_signals_come_after_the_commit_and_again_when_nobody_knows(wanted, django_capture_on_commit_callbacks):
    from bpsandbox.announcements import catch_up
    from bpsandbox.signals import run_failed, run_finished

    heard = []

    def listen(**kwargs):
        heard.append((kwargs["run_id"], kwargs["spec_hash"], kwargs["state"]))

    run_finished.connect(listen)
    try:
        submission = wanted()
        with django_capture_on_commit_callbacks() as callbacks:
            train_all()
        assert heard == []
        for callback in callbacks:
            callback()
        told = (submission.run.pk, submission.spec_hash, "succeeded")
        assert heard == [told]
        assert catch_up() == 0
        Run.objects.update(announced_at=None, finished_at=timezone.now() - timedelta(minutes=1))
        assert catch_up() == 1
        assert heard == [told, told]
    finally:
        run_finished.disconnect(listen)
        run_failed.disconnect(listen)
