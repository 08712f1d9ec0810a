"""A run that did not come to its end has no final loss, and is said to have been stopped wherever it is shown."""

from dataclasses import replace

import pytest

from bpsandbox import api, core, explain, leases
from bpsandbox.charts import best_setting, facts, parallel, settings, statistics
from bpsandbox.document import Document
from bpsandbox.runner import results
from bpsandbox.runner.live import Live
from bpsandbox.runner.supervisor import Failure
from bpsandbox.selectors.steps import step_bounds
from bpsandbox.spec import build, parse
from community.experiments import pictures, states
from community.experiments.embeds import _spark
from tests.kept_pages import kept_pages
from tests.training import CALM

pytestmark = pytest.mark.django_db
SWEEP = CALM + "sweep: {method: grid, parameters: {optimizer.lr: [0.1, 2.0]}}\n"
FETCH = {"X-Requested-With": "fetch", "Accept": "text/html"}


def shown(client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def limited() -> Document:
    """Return the result of a config whose seeds a limit stopped."""
    *_, last = core.train(build(parse(CALM)))
    made = explain.finished(last.result)
    return replace(made, stop=tuple(replace(stop, reason="limit") for stop in made.stop))


@pytest.fixture
def stopped(visitor) -> str:
    """Let a limit stop a visitor's run; return its address."""
    visitor.post("/playground/", {"config": CALM}, headers=FETCH)
    assert leases.finish(leases.claim_next("test"), limited())
    return f"/runs/{parse(CALM).hash}/"


def test_a_run_that_a_limit_stopped_has_no_final_loss(visitor, stopped):
    for address in (stopped, f"{stopped}card/", "/runs/?whose=mine"):
        page = shown(visitor, address)
        assert "hen it stopped, epoch " in page and "Final" not in page, address
    page = shown(visitor, stopped)
    assert ": where it was stopped" in page and "the end of training" not in page


def test_an_epoch_is_named_only_if_the_shown_loss_is_of_it():
    document = limited()
    epochs = {stop.epoch for stop in document.stop}
    assert results.summary(document).stopped_at == facts(document).stopped_at == epochs.pop() and not epochs
    assert {row.when for row in statistics(document)} == {"when it stopped", "best"}
    restored = replace(document, stop=tuple(replace(stop, restored_epoch=3) for stop in document.stop))
    last = replace(document.stop[0], epoch=document.stop[0].epoch - 1, reason="target")
    for cut in (restored, replace(document, stop=(last, *document.stop[1:]))):
        summary = results.summary(cut)
        assert states.loss_words(summary) == "Loss when it stopped"
        assert states.loss_phrase(summary) == "loss when it stopped"
        assert facts(cut).is_cut and facts(cut).stopped_at is None


def test_a_sweep_is_called_after_how_its_best_setting_ended():
    *_, last = core.train(build(parse(SWEEP)))
    document = explain.finished(last.result)
    best = set(document.members[best_setting(document).number - 1].rows)

    def cut(rows):
        stops = [replace(s, reason="limit") if row in rows else s for row, s in enumerate(document.stop)]
        return replace(document, stop=tuple(stops))

    others = cut(set(range(len(document.stop))) - best)
    assert states.loss_words(results.summary(others)) == "Final loss, best setting"
    assert not facts(others).is_cut and results.summary(others).limited
    epoch = document.stop[min(best)].epoch
    assert states.loss_words(results.summary(cut(best))) == f"Loss when it stopped, epoch {epoch:,}, best setting"
    assert facts(cut(best)).stopped_at == epoch
    words = [setting.in_full for setting in settings(others)]
    assert sorted(each.endswith("when it stopped") for each in words) == [False, True]
    title = "2 settings: what each varies, and its median when it stopped"
    assert title in parallel(others)[0].drawing and title not in parallel(document)[0].drawing


def test_no_step_is_offered_that_was_not_taken(visitor, stopped):
    taken = max(stop.step for stop in limited().stop)
    config = parse(CALM).config
    halved = replace(limited(), stop=tuple(replace(stop, step=taken // 2) for stop in limited().stop))
    assert step_bounds(config, halved).longest == taken // 2


def test_the_picture_and_the_strip_say_it(visitor, stopped, monkeypatch):
    summary = replace(results.summary(limited()), stuck=1)
    epoch = int(summary.stopped_at)
    assert states.loss_words(summary) == f"Loss when it stopped, epoch {epoch:,}"
    brief = api.Brief(parse(CALM).hash, "succeeded", 1, summary)
    assert "1 of" in _spark(brief, "spark", is_told=True) and "seeds stuck" in _spark(brief, "spark", is_told=True)
    assert f"· loss when it stopped (epoch {epoch:,})" in _spark(brief, "spark", is_told=True)
    assert "cut short" in _spark(brief, "spark") and "cut short" not in _spark(brief, "spark", is_told=True)
    assert "stuck" not in _spark(brief, "spark") and "Final" not in _spark(brief, "spark")
    written = []
    real = pictures.ImageDraw.ImageDraw.text
    monkeypatch.setattr(pictures.ImageDraw.ImageDraw, "text", lambda *a, **k: written.append(a[2]) or real(*a, **k))
    assert visitor.get(f"{stopped}card.png").status_code == 200
    assert any(f"loss when it stopped (epoch {epoch:,})" in text for text in written)
    assert not any("final loss" in text for text in written)


def test_a_failed_run_names_the_epoch_of_its_last_loss_and_of_its_pictures(visitor):
    visitor.post("/playground/", {"config": CALM}, headers=FETCH)
    claim, live = leases.claim_next("test"), Live()
    reports, sent = core.train(build(parse(CALM))), -1
    for turn in range(6):
        report = next(reports)
        states_ = report.states(sent) if turn < 3 else ()
        sent = states_[-1][0] if states_ else sent
        points = [[epoch, step, values] for epoch, step, values in report.points]
        live.add({"points": points, "epoch": report.epoch, "epochs": 400, "eta": None, "states": states_})
    assert leases.report(claim, live.snapshot(attempt=1))
    assert leases.fail(claim, Failure("wall", {"seconds": 600.0}))
    page = shown(visitor, f"/runs/{parse(CALM).hash}/")
    assert "Loss when it stopped, epoch 5" in page and "Final loss" not in page
    assert "Epoch 2, seed 0: the last picture that was kept; training went on to epoch 5" in page


def test_a_failed_run_is_compared_by_the_points_it_came_to(visitor, trained, wanted, config):
    whole = trained()
    wanted(config(optimizer="{type: SGD, lr: 0.5}"))
    claim, live = leases.claim_next("test"), Live()
    reports = core.train(build(parse(config(optimizer="{type: SGD, lr: 0.5}"))))
    for _turn in range(6):
        report = next(reports)
        points = [[epoch, step, values] for epoch, step, values in report.points]
        live.add({"points": points, "epoch": report.epoch, "epochs": 400, "eta": None})
    assert leases.report(claim, live.snapshot(attempt=1)) and leases.fail(claim, Failure("wall", {"seconds": 600.0}))
    failed = parse(config(optimizer="{type: SGD, lr: 0.5}")).hash
    for address in (f"/compare/?runs={whole},{failed}", f"/compare/?runs={failed},{whole}&x=steps"):
        page = shown(visitor, address)
        assert page.count('class="curve"') == 1 and 'hue hue-1"' in page and "no curve in common" not in page
        assert "Only runs that came to a result can be tested." in page
        assert "It did not end within 600 seconds, perhaps because the machine was busy." in page


def test_a_comparison_with_a_run_that_was_cut_short_says_so(visitor, trained, stopped, config):
    whole = trained(config(optimizer="{type: SGD, lr: 0.5}"))
    page = shown(visitor, f"/compare/?runs={whole},{stopped.split('/')[2]}")
    assert "A limit stopped seeds of B before the end of their training." in page
    assert "Median of the last values" in page and "Median of the final values" not in page


def test_a_run_that_is_waiting_is_not_to_be_run_again(visitor, trained, wanted, config):
    whole = trained()
    wanted(config(optimizer="{type: SGD, lr: 0.5}"))
    claim, live = leases.claim_next("test"), Live()
    reports = core.train(build(parse(config(optimizer="{type: SGD, lr: 0.5}"))))
    report = [next(reports) for _turn in range(6)][-1]
    live.add({"points": [[0, 0, report.points[0][2]]], "epoch": report.epoch, "epochs": 400, "eta": None})
    assert leases.report(claim, live.snapshot(attempt=1))
    page = shown(visitor, f"/compare/?runs={whole},{parse(config(optimizer='{type: SGD, lr: 0.5}')).hash}")
    assert "and one has not finished yet" in page and "Run the others again" not in page


def test_runs_named_one_by_one_are_all_compared(visitor, trained, config):
    first, second = trained(), trained(config(optimizer="{type: SGD, lr: 0.5}"))
    with kept_pages():
        shown(visitor, f"/compare/?runs={second}")
        answer = visitor.get(f"/compare/?runs={first}&runs={second}&scale=linear")
    assert answer.status_code == 302 and answer["Location"] == f"/compare/?runs={first},{second}&scale=linear"


def test_an_empty_list_says_that_runs_wait(visitor, wanted):
    assert "No runs yet" in shown(visitor, "/runs/")
    wanted()
    page = shown(visitor, "/runs/")
    assert "The first runs are waiting or training" in page and "No runs yet" not in page
