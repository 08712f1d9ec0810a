"""Worked steps on a run's page: requested by a form, trained in a child, stored."""

import re
from urllib.parse import urlencode

import pytest

from bpsandbox import api, leases
from bpsandbox.engine import worked
from bpsandbox.models import Run
from bpsandbox.runner import Failure, protocol

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


def test_a_reader_asks_for_a_step_and_finds_it_there_when_it_is_worked(small, visitor):
    spec_hash = small
    response = ask(visitor, spec_hash, sample=2, step=7, seed=1)
    address = f"/runs/{spec_hash}/?sample=2&step=7&seed=1"
    assert (response.status_code, response["Location"]) == (302, f"{address}#worked")
    assert "Seed 1 is being trained up to step 7." in visitor.get(address).content.decode()
    work_next()
    page = visitor.get(address).content.decode()
    assert "Example 2 in step 7, seed 1" in page and "being trained" not in page
    assert r"\delta^{[1]}" in visitor.get(f"/runs/{spec_hash}/worked.tex?sample=2&step=7&seed=1").content.decode()
    assert "$$" in visitor.get(f"/runs/{spec_hash}/worked.md?sample=2&step=7&seed=1").content.decode()


def test_the_page_asks_for_the_section_alone_until_the_step_is_there(small, visitor):
    spec_hash = small
    address = f"/runs/{spec_hash}/worked/?sample=2&step=7&seed=1"
    ask(visitor, spec_hash, sample=2, step=7, seed=1)
    assert visitor.get(address).status_code == 204  # the form's input is kept
    work_next()
    section = visitor.get(address).content.decode()
    assert section.lstrip().startswith("<section") and "data-poll" not in section
    assert '<span class="visually-hidden">Example 2 in step 7, seed 1</span>' in section


def test_without_script_every_look_has_an_address_of_its_own(small, visitor):
    """A page that refreshes to its own URL with a fragment does not reload."""
    spec_hash = small
    ask(visitor, spec_hash, sample=0, step=7, seed=0)
    for looks in (0, 1):
        page = visitor.get(f"/runs/{spec_hash}/?sample=0&step=7&seed=0&look={looks}").content.decode()
        query = f"?sample=0&amp;step=7&amp;seed=0&amp;look={looks + 1}#worked"
        assert f'content="3; url=/runs/{spec_hash}/{query}"' in page


def test_the_script_of_the_playground_gets_the_steps_alone(small, visitor):
    spec_hash = small
    address, step = f"/runs/{spec_hash}/worked", {"sample": 2, "step": 7, "seed": 1}
    answer = visitor.post(f"{address}/new/?played=1", step, headers={"X-Requested-With": "fetch"})
    part = answer.content.decode()
    assert answer.status_code == 200 and '<div class="worked-body">' in part and "<section" not in part
    poll = f"{address}/?played=1&sample=2&step=7&seed=1"
    assert f'data-poll="{poll.replace("&", "&amp;")}"' in part and visitor.get(poll).status_code == 204
    work_next()
    done = visitor.get(poll).content.decode()
    assert "Example 2 in step 7, seed 1" in done and f'value="/playground/?run={spec_hash}&amp;sample=2' in done


@pytest.mark.parametrize("code", ["", "x" * 4_001])
def test_a_step_without_the_text_comes_back_to_its_run(small, visitor, code):
    spec_hash = small
    asked = {"sample": 0, "step": 0, "seed": 0, "c": code}
    response = visitor.post(f"/runs/{spec_hash}/worked/new/?played=1", asked)
    assert response["Location"] == f"/playground/?run={spec_hash}&sample=0&step=0&seed=0#worked"


def test_a_step_that_was_worked_is_not_worked_again(small, visitor):
    spec_hash = small
    for _ in range(3):
        ask(visitor, spec_hash, sample=0, step=3, seed=0)
    work_next()
    ask(visitor, spec_hash, sample=0, step=3, seed=0)
    assert Run.objects.steps().count() == 1


def test_a_step_that_failed_is_worked_again_when_somebody_asks(small, visitor):
    spec_hash = small
    ask(visitor, spec_hash, sample=0, step=3, seed=0)
    assert leases.fail(leases.claim_next("test"), Failure("internal", {"message": "x"}, is_final=True))
    assert Run.objects.steps().get().state == "failed"
    ask(visitor, spec_hash, sample=0, step=3, seed=0)
    work_next()
    assert "Example 0 in step 3, seed 0" in visitor.get(f"/runs/{spec_hash}/?sample=0&step=3&seed=0").content.decode()


def test_a_step_of_a_result_by_an_older_engine_says_so(small, visitor):
    spec_hash = small
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


def test_the_recorded_step_needs_no_training(small, visitor):
    spec_hash = small
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
def test_what_is_not_there_is_said_and_nothing_is_queued(small, visitor, where, said):
    spec_hash = small
    response = ask(visitor, spec_hash, **where)
    assert said in visitor.get(response["Location"]).content.decode()
    assert not Run.objects.steps().exists()


NO_NUMBERS = ("", "x", "-1", "+1", "1.0", "1e9", "٣")
NO_NUMBER = "Example, step and seed must be whole numbers from 0."


@pytest.mark.parametrize(("name", "text"), [("sample", "٣"), ("step", "-1"), ("seed", "1e9"), ("step", "")])
def test_what_is_no_number_is_said_in_the_section(small, visitor, name, text):
    where = {"sample": 2, "step": 7, "seed": 1, name: text}
    asked = ask(visitor, small, **where)
    for address in (asked["Location"], f"/runs/{small}/?{urlencode(where)}"):
        page = visitor.get(address).content.decode()
        assert NO_NUMBER in page
        assert "worked-take" not in page  # no other step in its place
        if name != "seed":  # one of a list
            assert re.search(f'id="worked-{name}"[^>]* value="{re.escape(text)}"', page)


@pytest.mark.parametrize("name", ["sample", "step", "seed"])
def test_for_what_is_no_number_nothing_is_queued(small, visitor, name):
    for text in NO_NUMBERS:
        where = {"sample": 2, "step": 7, "seed": 1, name: text}
        assert ask(visitor, small, **where).status_code == 302
        answer = visitor.get(f"/runs/{small}/worked.tex?{urlencode(where)}")
        assert answer.status_code == 404 and NO_NUMBER in answer.content.decode(), text
    assert not Run.objects.steps().exists()


@pytest.mark.parametrize("digits", [20, 30, 5000])
def test_a_number_of_any_length_is_said_to_be_beyond_the_last_example(small, visitor, digits):
    spec_hash = small
    response = ask(visitor, spec_hash, sample="9" * digits, step=0, seed=0)
    assert "they go from 0 to 3." in visitor.get(response["Location"]).content.decode()
    assert not Run.objects.steps().exists()


def test_a_worked_step_is_not_among_the_runs_of_its_config(small, visitor):
    spec_hash = small
    ask(visitor, spec_hash, sample=0, step=5, seed=2)
    work_next()
    step = Run.objects.steps().get()
    assert step.spec.current_run.working == ""
    assert [past.run_id for past in api.run_page(spec_hash).history] == [step.spec.current_run_id]
    with pytest.raises(api.RunNotFound):
        api.run_by_id(step.pk)


def test_row_vectors_are_a_preference_of_the_reader(small, visitor):
    spec_hash = small
    assert "W" in visitor.get(f"/runs/{spec_hash}/worked.tex").content.decode()
    visitor.post("/preferences/", {"vectors": "rows", "loss_form": "half", "next": f"/runs/{spec_hash}/"})
    assert r"x \left(W^{[0]}\right)^{\top}" in visitor.get(f"/runs/{spec_hash}/worked.tex").content.decode()
