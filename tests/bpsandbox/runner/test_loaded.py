"""Everything a training uses is loaded before it is sandboxed, because it can open nothing afterwards."""

import json
import random
import subprocess
import sys

import pytest

from bpsandbox import spec
from bpsandbox.runner import Children, Job, Limits, supervise
from bpsandbox.spec.presets import PRESETS
from tests.bpsandbox.spec.random_configs import random_config
from tests.full import counts, some

MEASURED = """
dataset: {{name: {}, split: {{val: 0.2, test: 0.2, stratify: true}}}}
model: {{layers: [{{type: Flatten}}, {{type: Linear, out_features: 10}}]}}
loss: {{type: CrossEntropyLoss}}
training: {{steps: 1}}
metrics: [accuracy, confusion_matrix, precision, recall, f1]
"""
TRAIN = """
import itertools, json, sys
from bpsandbox import engine

opened = []


def note(event, arguments):
    is_source_for_a_traceback = event == "open" and str(arguments[0]).endswith((".py", "<unknown>"))
    if event in ("open", "import", "os.listdir", "os.scandir", "ctypes.dlopen") and not is_source_for_a_traceback:
        opened.append(f"{event} {arguments[0]}")


engine.warm()
refusals = engine.refusals()
jobs = json.load(sys.stdin)
sys.addaudithook(note)
for job in jobs:
    calls = itertools.count()
    try:
        for report in engine.reports(job, record_steps=True, until=lambda: "limit" if next(calls) > 5 else None):
            pass
    except refusals:
        pass
print(json.dumps(opened))
"""


def canonical(text):
    """Return a config as the child receives it; None for an invalid random one."""
    try:
        return [spec.parse(text).to_json()]
    except spec.InvalidConfig:
        return []


@pytest.mark.parametrize("count", counts(40, 200))
def test_a_training_opens_and_imports_nothing(count):
    draw = random.Random(3)
    texts = [preset.text for preset in PRESETS.values()]
    texts += [MEASURED.format(name) for name in ("digits", "iris", "wine", "breast_cancer")]
    texts += [random_config(draw) for _ in range(count)]
    jobs = [job for text in texts for job in canonical(text)]
    assert len(jobs) > count / 2
    done = subprocess.run([sys.executable, "-c", TRAIN], input=json.dumps(jobs), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


CHILDREN = Children()


@pytest.mark.parametrize("name", some(PRESETS, kept={"by-hand", "circle", "lr-sweep"}))
def test_every_preset_trains_behind_the_walls(name):
    job = Job(spec=spec.parse(PRESETS[name].text).to_json(), limits=Limits(cpu_seconds=60, wall_seconds=120))
    outcome = supervise(CHILDREN.start(), job, on_progress=lambda message: None)
    assert outcome.failure is None, outcome
    assert outcome.stderr == ""
