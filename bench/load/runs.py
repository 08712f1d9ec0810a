"""Runs with real results: a few tiny configs are trained, and their results serve many specs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bench.load.rows import Rows
from bench.load.texts import NOW
from bpsandbox import api, conf
from bpsandbox import spec as language
from bpsandbox.models import Attachment, Run, Spec
from bpsandbox.runner import Child, Job, results, spawn, supervise

TRAINED = 4
CONFIG = """title: {title}
seeds: {{start: {start}, count: 2}}
dataset: {{name: xor}}
model:
  layers:
    - {{type: Linear, out_features: {width}, activation: tanh}}
    - {{type: Linear, out_features: 1, activation: sigmoid}}
loss: {{type: MSELoss}}
optimizer: {{type: SGD, lr: 1.0}}
training: {{epochs: 200, batch_size: full, eval_every: 10}}
"""


def write_runs(count: int, *, people: Sequence[int]) -> None:
    """Write public runs, one for each of as many specs, by these people."""
    chance = random.Random(11)
    trained = [result_of(config(number)) for number in range(min(TRAINED, count))]
    specs = Rows(Spec, "id", "hash", "canonical", "facts", "current_run_id", "created_at")
    runs = (
        Rows(
            Run,
            "id",
            "spec_id",
            "state",
            "requester_id",
            "cpu_seconds",
            "started_at",
            "finished_at",
            "announced_at",
            "created_at",
            *trained[0],
        )
        if trained
        else None
    )
    shown = Rows(Attachment, "id", "spec_id", "title", "text", "owner_id", "visibility", "created_at")
    for number in range(count):
        text = config(number)
        parsed = language.parse(text)
        at = NOW - timedelta(minutes=37 * (count - number))
        spec, run, owner = specs.next_pk(), runs.next_pk(), chance.choice(people)
        specs.add(spec, parsed.hash, parsed.to_json(), api.facts_of(parsed), run, at)
        end = at + timedelta(seconds=3)
        runs.add(run, spec, "succeeded", owner, 5.0, at, end, end, at, *trained[number % TRAINED].values())
        shown.add(shown.next_pk(), spec, parsed.title or "", text, owner, "public", at)
    for rows in filter(None, (specs, runs, shown)):
        rows.write()


def config(number: int) -> str:
    return CONFIG.format(title=f"XOR, start {number}", start=number * 2, width=2 + number % TRAINED)


def result_of(text: str) -> dict[str, Any]:
    """Train a config in a child, as a worker does, and return the columns of its result."""
    parsed = language.parse(text)
    job = Job(spec=parsed.to_json(), limits=conf.current().limits(), record_steps=False)
    document = supervise(Child(spawn(conf.current().engine)), job, on_progress=lambda _progress: None).document
    if document is None:
        raise RuntimeError("a config of the benchmark did not train")
    return {
        "engine_version": document.engine[:40],
        "result": results.display(document).to_json(),
        "card": results.card(document).to_json(),
        "summary": results.summary(document).to_json(),
        "archive": results.pack(document),
    }
