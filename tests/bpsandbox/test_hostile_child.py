"""Whatever a child sends, its run ends at the first attempt, with a result or a named reason."""

import copy
import json
import random
from collections import Counter

import pytest
from django.db import transaction

from bpsandbox import engine, explain, leases, lifecycle, selectors, spec
from bpsandbox.core import train
from bpsandbox.models import Run
from bpsandbox.runner.protocol import encode
from bpsandbox.worker import Flag, Training
from tests.bpsandbox.runner.hostile import child_that_writes, spoiled
from tests.full import counts

pytestmark = pytest.mark.both

CONFIGS = (
    """
seeds: [0, 1]
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
training: {epochs: 6, batch_size: full}
regularization: {l2: 0.1}
checks: {gradient_check: {at: [start, end]}, overfit_tiny: true}
record: {gradients: true, activations: true, weights: [0, 6], worked_example: {sample: 1, step: 0}}
""",
    """
seeds: [0, 1]
dataset: {name: blobs, n_samples: 12, split: {val: 0.25}}
model: {layers: [{type: Linear, out_features: 3}]}
loss: {type: CrossEntropyLoss}
training: {epochs: 4, batch_size: 4}
metrics: [accuracy, confusion_matrix]
sweep: {method: grid, parameters: {optimizer.lr: [0.1, 0.2, 1.0e+9]}}
""",
)
PROGRESS = {
    "type": "progress", "points": [[0, 0, {"train_loss": [0.5, None]}], [1, 4, {"train_loss": [0.4, 0.2]}]],
    "epoch": 1, "epochs": 9, "eta": 0.5,
}  # fmt: skip
FAILED = {"type": "failed", "code": "engine", "message": "layer 2 wants 3 columns, got 4"}
WORKED = {"sample": 1, "step": 2, "seed": 0}
STOPPING = Flag()
VERDICTS = (("succeeded", 1), ("diverged", 1), ("failed", 1))


class Scripted:
    """Stands in for `Children`: one child that writes these lines."""

    def __init__(self, lines):
        self.lines = lines

    def start(self):
        return child_that_writes(self.lines)


@pytest.fixture(scope="module")
def documents():
    made = []
    for text in CONFIGS:
        *_, last = train(spec.build(spec.parse(text)))
        made.append(json.loads(encode({"type": "result", "document": last.result.document().to_json()})))
    return made


def judged(run_id, lines):
    """Train one run with a child that writes these lines; return its final state and reason."""
    Run.objects.filter(pk=run_id).update(state=lifecycle.QUEUED, attempts=0, failure=None)
    claim = leases.claim_next("here")
    Training(claim, stopping=STOPPING, children=Scripted(lines)).run()
    ended = Run.objects.values("state", "attempts", "failure").get(pk=run_id)
    return ended["state"], ended["attempts"], (ended["failure"] or {}).get("code")


@pytest.mark.django_db
def test_an_untouched_document_is_a_result(wanted, documents):
    run_id = wanted().run.pk
    for document in documents:
        assert judged(run_id, encode(PROGRESS) + encode(document)) == ("succeeded", 1, None)


@pytest.mark.django_db
@pytest.mark.parametrize("cases", counts(120, 1200))
def test_every_spoiled_message_ends_its_run_with_a_verdict(wanted, documents, settings, cases):
    settings.BPSANDBOX_ATTEMPTS = 1
    draw = random.Random(7)
    run_id = wanted().run.pk
    seen = Counter()
    for number in range(cases):
        message = draw.choice((*documents, PROGRESS, FAILED))
        lines = spoiled(message, draw)
        ending = b"" if message is not PROGRESS else encode(documents[0])
        with transaction.atomic():
            state, attempts, code = judged(run_id, lines + ending)
        assert (state, attempts) in VERDICTS, (number, lines)
        seen[state, code] += 1
    assert seen["failed", "garbage"] > cases / 4


@pytest.fixture
def step(wanted):
    """Return a run with one worked step."""
    run_id = wanted().run.pk
    Run.objects.filter(pk=run_id).update(working=selectors.step_name(**WORKED))
    return run_id


@pytest.fixture(scope="module")
def worked():
    canonical = spec.parse(CONFIGS[0]).to_json()
    return {"type": "worked", **engine.worked(canonical, **WORKED, convention=[], until=lambda: None)}


def title(text, **values):
    def spoil(example):
        example["steps"][0]["title"] = {"text": text, "values": values}

    return spoil


SPOILED = {
    "a placeholder without value": title("Layer {layer}", other=1),
    "a brace alone": title("Layer {", layer=1),
    "a placeholder without name": title("Layer {}", layer=1),
    "an attribute": title("{layer.__class__}", layer=1),
    "a width": title("{layer:>999999999}", layer=1),
    "a nested width": title("{layer:{layer}}", layer=1),
    "another example": lambda example: example.update(sample=0),
    "another step": lambda example: example.update(step=1),
    "another seed": lambda example: example.update(seed=1),
}


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_worked_step_that_nobody_could_read_is_garbage(step, worked, spoil, settings):
    settings.BPSANDBOX_ATTEMPTS = 1
    message = copy.deepcopy(worked)
    spoil(message["example"])
    assert judged(step, encode(message)) == ("failed", 1, "garbage")


@pytest.mark.django_db
@pytest.mark.parametrize("cases", counts(40, 300))
def test_every_worked_step_that_is_kept_can_be_read(step, worked, settings, cases):
    settings.BPSANDBOX_ATTEMPTS = 1
    draw = random.Random(3)
    for number in range(cases):
        lines = spoiled(worked, draw) if number else encode(worked)
        state, _, code = judged(step, lines)
        assert (state, code) in (("succeeded", None), ("failed", "garbage"), ("failed", "engine")), lines
        if state == "succeeded":
            kept = selectors.worked_step(Run.objects.get(pk=step).spec, **WORKED)
            made = explain.recorded(kept.example)
            assert explain.markdown(made, title="t") and explain.tex(made, title="t")


def broken(*args, **kwargs):
    raise AttributeError("a slip of the site")


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["storage.store", "traits.note", "choose_current"])
def test_a_result_that_the_site_fails_to_store_is_tried_again(wanted, documents, monkeypatch, place):
    run_id = wanted().run.pk
    module, _, name = f"bpsandbox.leases.{place}".rpartition(".")
    with monkeypatch.context() as patched:
        patched.setattr(f"{module}.{name}", broken)
        assert judged(run_id, encode(documents[0])) == ("queued", 1, None)
    Run.objects.filter(pk=run_id).update(state=lifecycle.QUEUED)
    assert judged(run_id, encode(documents[0])) == ("succeeded", 1, None)


@pytest.mark.django_db
def test_a_result_that_the_site_never_stores_ends_its_run_at_the_last_attempt(wanted, documents, monkeypatch, settings):
    settings.BPSANDBOX_ATTEMPTS = 1
    run_id = wanted().run.pk
    monkeypatch.setattr("bpsandbox.traits.note", broken)
    assert judged(run_id, encode(documents[0])) == ("failed", 1, "unstored")
    assert Run.objects.get(pk=run_id).archive is None
    assert "could not store its result" in Run.objects.get(pk=run_id).failure_sentence


@pytest.mark.django_db
def test_a_step_that_the_site_fails_to_store_is_tried_again(step, worked, monkeypatch):
    monkeypatch.setattr("bpsandbox.leases.engine_version", broken)
    assert judged(step, encode(worked)) == ("queued", 1, None)
