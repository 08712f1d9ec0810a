"""Worked steps on a run's page: requested by a form, trained in a child, stored."""

import re
from html import escape, unescape
from urllib.parse import urlencode

import pytest

from bpsandbox import api, leases
from bpsandbox.engine import worked
from bpsandbox.models import Run
from bpsandbox.runner import Failure, protocol
from community.experiments import sharing
from tests.training import XOR

pytestmark = pytest.mark.django_db


def work_next():
    """Act as a worker on the next step."""
    claim = leases.claim_next("test")
    example = claim.example
    made = worked(claim.canonical, sample=example.sample, step=example.step, seed=example.seed, convention=(),
                  until=lambda: None)  # fmt: skip
    assert leases.finish_step(claim, protocol.worked_of({"type": "worked", **made}))


def ask(client, spec_hash, **where):
    return client.post(f"/runs/{spec_hash}/worked/new/", where)


def test_a_reader_asks_for_a_step_and_finds_it_there_when_it_is_worked(trained, visitor):
    spec_hash = trained()
    response = ask(visitor, spec_hash, sample=2, step=7, seed=1)
    address = f"/runs/{spec_hash}/?sample=2&step=7&seed=1"
    assert (response.status_code, response["Location"]) == (302, f"{address}#worked")
    assert "Seed 1 is being trained up to step 7." in visitor.get(address).content.decode()
    work_next()
    page = visitor.get(address).content.decode()
    assert "Example 2 in step 7, seed 1" in page and "being trained" not in page
    assert r"\delta^{[1]}" in visitor.get(f"/runs/{spec_hash}/worked.tex?sample=2&step=7&seed=1").content.decode()
    assert "$$" in visitor.get(f"/runs/{spec_hash}/worked.md?sample=2&step=7&seed=1").content.decode()


def test_the_page_asks_for_the_section_alone_until_the_step_is_there(trained, visitor):
    spec_hash = trained()
    address = f"/runs/{spec_hash}/worked/?sample=2&step=7&seed=1"
    ask(visitor, spec_hash, sample=2, step=7, seed=1)
    assert visitor.get(address).status_code == 204  # the form's input is kept
    work_next()
    section = visitor.get(address).content.decode()
    assert section.lstrip().startswith("<section") and "data-poll" not in section
    assert '<span class="visually-hidden">Example 2 in step 7, seed 1</span>' in section


def test_without_script_every_look_has_an_address_of_its_own(trained, visitor):
    """A page that refreshes to its own URL with a fragment does not reload."""
    spec_hash = trained()
    ask(visitor, spec_hash, sample=0, step=7, seed=0)
    for looks in (0, 1):
        page = visitor.get(f"/runs/{spec_hash}/?sample=0&step=7&seed=0&look={looks}").content.decode()
        query = f"?sample=0&amp;step=7&amp;seed=0&amp;look={looks + 1}#worked"
        assert f'content="3; url=/runs/{spec_hash}/{query}"' in page


def test_in_the_playground_a_step_comes_back_to_the_text_it_was_asked_with(trained, visitor):
    text = "# mine\n" + XOR
    spec_hash, code = trained(text), sharing.packed(text)
    page = visitor.get(f"/playground/?c={code}").content.decode()
    fold = page[page.index('<details class="fold worked-panel"') :]
    assert "Example 1 in step 0, seed 0" in fold and not fold.startswith('<details class="fold worked-panel" open>')
    assert f'action="/runs/{spec_hash}/worked/new/?played=1"' in fold and f'name="c" value="{code}"' in fold
    asked = {"sample": 2, "step": 7, "seed": 1, "c": code}
    response = visitor.post(f"/runs/{spec_hash}/worked/new/?played=1", asked)
    address = f"/playground/?c={code}&sample=2&step=7&seed=1"
    assert (response.status_code, response["Location"]) == (302, f"{address}#worked")
    waiting = visitor.get(address).content.decode()
    assert "Seed 1 is being trained up to step 7." in waiting and "# mine" in waiting
    assert f'content="3; url={address.replace("&", "&amp;")}&amp;look=1#worked"' in waiting
    work_next()
    page = visitor.get(address).content.decode()
    assert "Example 2 in step 7, seed 1" in page and '<details class="fold worked-panel" open>' in page


def test_the_script_of_the_playground_gets_the_steps_alone(trained, visitor):
    spec_hash = trained()
    address, step = f"/runs/{spec_hash}/worked", {"sample": 2, "step": 7, "seed": 1}
    answer = visitor.post(f"{address}/new/?played=1", step, headers={"X-Requested-With": "fetch"})
    part = answer.content.decode()
    assert answer.status_code == 200 and '<div class="worked-body">' in part and "<section" not in part
    poll = f"{address}/?played=1&sample=2&step=7&seed=1"
    assert f'data-poll="{poll.replace("&", "&amp;")}"' in part and visitor.get(poll).status_code == 204
    work_next()
    done = visitor.get(poll).content.decode()
    assert "Example 2 in step 7, seed 1" in done and f'value="/playground/?run={spec_hash}&amp;sample=2' in done


def test_a_step_that_is_asked_for_with_a_text_keeps_it_while_it_is_worked_and_in_another_notation(trained, visitor):
    text = "# mine\n" + XOR
    spec_hash, code = trained(text), sharing.packed(text)
    asked = {"sample": 2, "step": 7, "seed": 1, "c": code, "run": spec_hash}
    fetch = {"X-Requested-With": "fetch"}
    part = visitor.post(f"/runs/{spec_hash}/worked/new/?played=1", asked, headers=fetch).content.decode()
    poll = unescape(re.search(r'data-poll="([^"]+)"', part)[1])
    assert visitor.get(poll).status_code == 204
    work_next()
    for answer in (
        visitor.get(poll, headers=fetch),
        visitor.post("/preferences/", {"vectors": "rows", "next": poll}, headers=fetch, follow=True),
    ):
        done = answer.content.decode()
        assert done.lstrip().startswith('<div class="worked-body">') and "Example 2 in step 7, seed 1" in done
        assert f'data-swap-next="{escape(poll)}"' in done
        address = f"/playground/?{urlencode({'c': code, 'run': spec_hash})}&sample=2&step=7&seed=1#worked"
        assert f'name="next" value="{escape(address)}"' in done
    assert '<option value="rows" selected>' in " ".join(done.split())


@pytest.mark.parametrize("code", ["", "x" * 4_001])
def test_a_step_without_the_text_comes_back_to_its_run(trained, visitor, code):
    spec_hash = trained()
    asked = {"sample": 0, "step": 0, "seed": 0, "c": code}
    response = visitor.post(f"/runs/{spec_hash}/worked/new/?played=1", asked)
    assert response["Location"] == f"/playground/?run={spec_hash}&sample=0&step=0&seed=0#worked"


def test_a_step_that_was_worked_is_not_worked_again(trained, visitor):
    spec_hash = trained()
    for _ in range(3):
        ask(visitor, spec_hash, sample=0, step=3, seed=0)
    work_next()
    ask(visitor, spec_hash, sample=0, step=3, seed=0)
    assert Run.objects.steps().count() == 1


def test_a_step_that_failed_is_worked_again_when_somebody_asks(trained, visitor):
    spec_hash = trained()
    ask(visitor, spec_hash, sample=0, step=3, seed=0)
    assert leases.fail(leases.claim_next("test"), Failure("internal", {"message": "x"}, is_final=True))
    assert Run.objects.steps().get().state == "failed"
    ask(visitor, spec_hash, sample=0, step=3, seed=0)
    work_next()
    assert "Example 0 in step 3, seed 0" in visitor.get(f"/runs/{spec_hash}/?sample=0&step=3&seed=0").content.decode()


def test_a_step_of_a_result_by_an_older_engine_says_so(trained, visitor):
    spec_hash = trained()
    said = "The result on this page was computed by engine older. This step was trained with engine"
    run = Run.objects.whole().get()
    for engine, is_said in ((run.engine_version, False), ("older", True)):
        Run.objects.whole().update(result={**run.result, "engine": engine})
        ask(visitor, spec_hash, sample=0, step=3, seed=0)
        if not is_said:
            work_next()
        page = visitor.get(f"/runs/{spec_hash}/?sample=0&step=3&seed=0").content.decode()
        assert "Example 0 in step 3, seed 0" in page
        assert (said in page) == is_said


def test_the_recorded_step_needs_no_training(trained, visitor):
    spec_hash = trained()
    ask(visitor, spec_hash, sample=1, step=0, seed=0)
    assert Run.objects.steps().count() == 0
    assert "Example 1 in step 0, seed 0" in visitor.get(f"/runs/{spec_hash}/").content.decode()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"sample": 4, "step": 0, "seed": 0}, "There is no training example 4: they go from 0 to 3."),
        ({"sample": 0, "step": 40, "seed": 0}, "There is no step 40: they go from 0 to 39."),
        ({"sample": 0, "step": 0, "seed": 9}, "There is no seed 9. The seeds of this run are 0, 1, 2."),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_queued(trained, visitor, where, said):
    spec_hash = trained()
    response = ask(visitor, spec_hash, **where)
    assert said in visitor.get(response["Location"]).content.decode()
    assert not Run.objects.steps().exists()


ENDED = [
    ("optimizer", "{type: SGD, lr: 1.0e+9}", "diverged", "Seed 1 diverged in step {end}: its last step is {last}."),
    ("stopping", "[{type: Target, monitor: train_loss, value: 9}]", "target", "there is no step to work out."),
    (
        "stopping",
        "[{type: EarlyStopping, monitor: train_loss, patience: 3, min_delta: 99}]",
        "early_stopping",
        "Seed 1 ended before step 30: its last step is {last}.",
    ),
]


@pytest.mark.parametrize(("field", "value", "reason", "said"), ENDED)
def test_no_step_after_the_end_of_its_seed_is_offered_or_queued(trained, config, visitor, field, value, reason, said):
    spec_hash = trained(config(**{field: value}))
    ends = [stop.step for stop in api.document(spec_hash).stop]
    assert {stop.reason for stop in api.document(spec_hash).stop} == {reason}
    said = said.format(end=ends[1], last=ends[1] - 1)
    response = ask(visitor, spec_hash, sample=0, step=30, seed=1)
    page = visitor.get(response["Location"]).content.decode()
    assert said in page and not Run.objects.steps().exists()
    assert f"steps 0 to {max(0, max(ends) - 1)}" in page and (f"Work out step {ends[1] - 1}" in page) == (ends[1] > 0)
    told = visitor.get(f"/api/v1/runs/{Run.objects.get().pk}/worked.tex?sample=0&step=30&seed=1")
    assert told.status_code == 404 and said in told.content.decode()


@pytest.mark.parametrize("text", ["", "x", "-1", "+1", "1.0", "1e9", "٣"])
@pytest.mark.parametrize("name", ["sample", "step", "seed"])
def test_what_is_no_number_is_said_in_the_section_and_nothing_is_queued(trained, visitor, name, text):
    spec_hash = trained()
    where = {"sample": 2, "step": 7, "seed": 1, name: text}
    asked = ask(visitor, spec_hash, **where)
    for address in (asked["Location"], f"/runs/{spec_hash}/?{urlencode(where)}"):
        page = visitor.get(address).content.decode()
        assert "Example, step and seed must be whole numbers from 0." in page
        assert "worked-take" not in page  # no other step in its place
        if name != "seed":  # one of a list
            assert re.search(f'id="worked-{name}"[^>]* value="{re.escape(text)}"', page)
    assert visitor.get(f"/runs/{spec_hash}/worked.tex?{urlencode(where)}").status_code == 404
    assert not Run.objects.steps().exists()


@pytest.mark.parametrize("digits", [20, 30, 5000])
def test_a_number_of_any_length_is_said_to_be_beyond_the_last_example(trained, visitor, digits):
    spec_hash = trained()
    response = ask(visitor, spec_hash, sample="9" * digits, step=0, seed=0)
    assert "they go from 0 to 3." in visitor.get(response["Location"]).content.decode()
    assert not Run.objects.steps().exists()


def test_a_worked_step_is_not_among_the_runs_of_its_config(trained, visitor):
    spec_hash = trained()
    ask(visitor, spec_hash, sample=0, step=5, seed=2)
    work_next()
    step = Run.objects.steps().get()
    assert step.spec.current_run.working == ""
    assert [past.run_id for past in api.run_page(spec_hash).history] == [step.spec.current_run_id]
    with pytest.raises(api.RunNotFound):
        api.run_by_id(step.pk)


def test_row_vectors_are_a_preference_of_the_reader(trained, visitor):
    spec_hash = trained()
    assert "W" in visitor.get(f"/runs/{spec_hash}/worked.tex").content.decode()
    visitor.post("/preferences/", {"vectors": "rows", "loss_form": "half", "next": f"/runs/{spec_hash}/"})
    assert r"x \left(W^{[0]}\right)^{\top}" in visitor.get(f"/runs/{spec_hash}/worked.tex").content.decode()


def test_a_private_run_s_steps_are_the_same_404_as_none(visitor, signed_in, trained):
    spec_hash = trained(visibility="private")
    assert ask(visitor, spec_hash, sample=0, step=1, seed=0).status_code == 404
    assert visitor.get(f"/runs/{spec_hash}/worked/?sample=0&step=1&seed=0").status_code == 404
    assert not Run.objects.steps().exists()


SWEEPS = (
    "seeds: [0, 1]\ndataset: xor\nmodel: {layers: [{type: Linear, out_features: 1}]}\nloss: MSELoss\n"
    "training: {epochs: 3}\nsweep: {parameters: {optimizer.lr: [0.1, 1]}}\n",
    "seeds: [0, 1]\ndataset: xor\nmodel: {layers: [{type: Linear, out_features: 1}]}\nloss: MSELoss\n"
    "training: {epochs: 3}\nsweep: {parameters: {training.batch_size: [2, 4]}}\n",
)


@pytest.mark.parametrize("text", SWEEPS)
def test_a_sweep_shows_the_steps_of_its_first_setting(trained, visitor, text):
    spec_hash = trained(text)
    assert "of the first setting" in visitor.get(f"/runs/{spec_hash}/").content.decode()
    response = ask(visitor, spec_hash, sample=3, step=2, seed=1)
    work_next()
    assert "Example 3 in step 2, seed 1" in visitor.get(response["Location"]).content.decode()


def test_steps_of_a_first_setting_in_smaller_batches_are_counted_so(trained, visitor):
    spec_hash = trained(SWEEPS[1])
    response = ask(visitor, spec_hash, sample=0, step=6, seed=0)
    assert "There is no step 6: they go from 0 to 5." in visitor.get(response["Location"]).content.decode()
