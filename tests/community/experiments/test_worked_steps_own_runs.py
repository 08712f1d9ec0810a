"""Worked steps of runs that each test trains: sweeps, seeds that ended early, texts of the playground."""

import re
from html import escape, unescape
from urllib.parse import urlencode

import pytest

from bpsandbox import api
from bpsandbox.models import Run
from community.experiments import sharing
from tests.training import XOR

from .test_worked_steps import ask, work_next

pytestmark = pytest.mark.django_db


SWEEPS = (
    "seeds: [0, 1]\ndataset: xor\nmodel: {layers: [{type: Linear, out_features: 1}]}\nloss: MSELoss\n"
    "training: {epochs: 3}\nsweep: {parameters: {optimizer.lr: [0.1, 1]}}\n",
    "seeds: [0, 1]\ndataset: xor\nmodel: {layers: [{type: Linear, out_features: 1}]}\nloss: MSELoss\n"
    "training: {epochs: 3}\nsweep: {parameters: {training.batch_size: [2, 4]}}\n",
)


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


def test_a_private_run_s_steps_are_the_same_404_as_none(visitor, signed_in, trained):
    spec_hash = trained(visibility="private")
    assert ask(visitor, spec_hash, sample=0, step=1, seed=0).status_code == 404
    assert visitor.get(f"/runs/{spec_hash}/worked/?sample=0&step=1&seed=0").status_code == 404
    assert not Run.objects.steps().exists()


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
