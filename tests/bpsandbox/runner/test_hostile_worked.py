"""A child that was asked for one worked step and sends something else."""

import itertools
import random

import pytest

from bpsandbox import engine, spec
from bpsandbox.runner import Example, Failure, Job, supervise
from bpsandbox.runner.protocol import ProtocolError, encode, read
from tests.bpsandbox.runner.hostile import child_that_writes, spoiled
from tests.full import counts

XOR = """
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 2, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
training: {steps: 2, batch_size: full}
"""
EXAMPLE = Example(sample=1, step=1)
STOPPED = {"type": "worked", "stop": {"reason": "diverged", "epoch": 0, "step": 0}}


@pytest.fixture(scope="module")
def worked():
    made = engine.worked(spec.parse(XOR).to_json(), sample=1, step=1, seed=None, convention=[], until=lambda: None)
    return {"type": "worked", **made}


def outcome_of(line, example=EXAMPLE):
    job = Job(spec=spec.parse(XOR).to_json(), example=example)
    return supervise(child_that_writes(line), job, on_progress=lambda message: None)


def test_a_worked_step_is_no_answer_to_a_run():
    outcome = outcome_of(encode(STOPPED), example=None)
    assert outcome.failure == Failure("garbage", {"detail": "a worked message, where a result one was due"})


def test_how_a_seed_ended_is_an_answer_to_a_worked_step():
    assert outcome_of(encode(STOPPED)).worked.reason == "diverged"


@pytest.mark.parametrize("cases", counts(100, 600))
def test_every_spoiled_worked_step_is_refused_or_read(worked, cases):
    draw = random.Random(5)
    refused = 0
    for message in itertools.islice(itertools.cycle((worked, STOPPED)), cases):
        line = spoiled(message, draw)
        try:
            read(line[:-1])
        except ProtocolError:
            refused += 1
    assert refused > cases / 4
