"""The real engine in a real child: the same numbers as in this process, and a time limit."""

import json
import math
from dataclasses import replace

import pytest

from bpsandbox import spec
from bpsandbox.core import run, train, trained_weights
from bpsandbox.document import from_safetensors
from bpsandbox.runner import Children, Job, Limits, supervise
from tests.full import some

CONFIG = """\
seeds: [0, 1, 2]
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
training: {epochs: 200, batch_size: full}
"""


CHILDREN = Children()


def trained(text, **limits):
    messages = []
    job = Job(spec=spec.parse(text).to_json(), limits=replace(Limits(), **limits))
    return supervise(CHILDREN.start(), job, on_progress=messages.append), messages


def test_the_child_has_the_same_numbers_to_the_last_bit():
    outcome, messages = trained(CONFIG)
    here = json.loads(json.dumps(run(spec.build(spec.parse(CONFIG))).document().to_json()))
    there = outcome.document.to_json()
    assert there["provenance"].pop("seconds", None) > 0
    here["provenance"].pop("seconds", None)
    assert there == here
    assert messages[0]["points"][0] == [0, 0, {"train_loss": here["curves"]["train_loss"][0]}]
    assert messages[0]["epochs"] == 200


def test_a_run_whose_time_is_over_says_so_and_keeps_what_it_has():
    outcome, _ = trained(CONFIG.replace("epochs: 200", "epochs: 10000000, eval_every: 10000"), cpu_seconds=1.0)
    assert outcome.failure is None
    document = outcome.document
    assert {stop.reason for stop in document.stop} == {"limit"}
    assert (document.epochs[-1], document.steps[-1]) == (document.stop[0].epoch, document.stop[0].step)
    assert document.curves["train_loss"][-1] == document.final["train_loss"]


WIDE = """\
dataset: {name: digits, standardize: minmax, split: {test: 0.25, seed: 0}}
model:
  layers:
    - {type: Flatten}
    - {type: Linear, out_features: 512, activation: relu}
    - {type: Linear, out_features: 512, activation: relu}
    - {type: Linear, out_features: 10}
loss: {type: CrossEntropyLoss}
"""
LONG = {
    "every epoch": "training: {epochs: 2000, batch_size: full, eval_every: 1}",
    "a point in a thousand steps": "training: {steps: 2000, batch_size: full, eval_every: 1000}",
    "LBFGS": "optimizer: {type: LBFGS}\ntraining: {epochs: 1000, batch_size: full, eval_every: 200}",
    "LBFGS whose first step is longer than the limit":
        "optimizer: {type: LBFGS, line_search_fn: strong_wolfe, max_iter: 200}\n"
        "training: {epochs: 1000, batch_size: full, eval_every: 200}",
    "checks at the end":
        "training: {steps: 2000, batch_size: full, eval_every: 1000}\n"
        "checks: {gradient_check: {at: [end]}, overfit_tiny: true}",
}  # fmt: skip


@pytest.mark.parametrize(
    "name", some(LONG, kept={"LBFGS whose first step is longer than the limit", "checks at the end"})
)
def test_a_run_over_its_processor_time_ends_as_limit_with_what_it_reached(name):
    outcome, _ = trained(WIDE + LONG[name] + "\n", cpu_seconds=2.0)
    assert outcome.failure is None
    [stop] = outcome.document.stop
    assert stop.reason == "limit"
    assert outcome.document.steps[-1] == stop.step
    assert outcome.document.final["train_loss"][0] is not None
    if "checks" in name:
        assert outcome.document.checks.gradient_check and outcome.document.checks.overfit_tiny


def test_memory_is_bounded_for_the_real_engine_too():
    wide = CONFIG.replace("out_features: 3", "out_features: 1000").replace("[0, 1, 2]", "{start: 0, count: 200}")
    outcome, _ = trained(wide, memory_bytes=4 << 20)
    assert outcome.failure.code in ("memory", "crashed")


LARGE = CONFIG.replace("out_features: 3", "out_features: 300").replace("epochs: 200", "epochs: 2")


def result_of(parsed):
    *_, last = train(spec.build(parsed))
    return last.result


@pytest.mark.parametrize(
    "sweep", ["", "sweep: {parameters: {optimizer.lr: [0.1, 0.2], training.batch_size: [2, 4]}}\n"]
)
def test_the_child_sends_the_trained_weights_of_every_seed_if_they_are_wanted(sweep):
    parsed = spec.parse(LARGE + sweep)
    outcome = supervise(CHILDREN.start(), Job(parsed.to_json(), wants_weights=True), on_progress=lambda message: None)
    here = {each.place: each.content for each in trained_weights(result_of(parsed))}
    assert {each.place: each.content for each in outcome.weights} == here
    assert sorted(here) == list(range(len(outcome.document.seeds)))
    assert supervise(CHILDREN.start(), Job(parsed.to_json()), on_progress=lambda message: None).weights == ()


def test_weights_that_would_be_too_many_are_of_the_first_seeds_of_every_setting():
    swept = result_of(spec.parse(LARGE + "sweep: {parameters: {optimizer.lr: [0.1, 0.2]}}\n"))
    numbers = sum(math.prod(each.shape) for each in from_safetensors(next(trained_weights(swept)).content).values())
    assert [each.place for each in trained_weights(swept, most=3 * 8 * numbers)] == [0, 3, 1]


def test_the_weights_of_the_largest_network_fit_and_leave_in_several_messages():
    wide = "[{type: Linear, out_features: 1000}, {type: Linear, out_features: 1000}, {type: Linear, out_features: 990}]"
    layers = f"{{layers: {wide[:-1]}, {{type: Linear, out_features: 1}}]}}"
    data = "{name: xor}\nseeds: [0]"
    text = f"dataset: {data}\nmodel: {layers}\nloss: {{type: MSELoss}}\ntraining: {{epochs: 1, batch_size: full}}\n"
    outcome = supervise(CHILDREN.start(), Job(spec.parse(text).to_json(), wants_weights=True), on_progress=print)
    tensors = from_safetensors(outcome.weights[0].content)
    assert sum(math.prod(each.shape) for each in tensors.values()) == outcome.document.parameters > 1_990_000
