"""One spec, one engine, one machine: the same bytes, whatever interruptions and storage."""

import json
import os
import secrets
import subprocess
import sys

import pytest

from bpsandbox import api, spec
from bpsandbox.core import run as run_here
from bpsandbox.models import Run
from bpsandbox.runner import results
from tests.bpsandbox.conftest import ROOT, busy_child, ended, shows_points
from tests.bpsandbox.one_run import series
from tests.full import some
from tests.waiting import eventually

CONFIG = """\
seeds: {start: 0, count: 4}
dataset: {name: spiral, arms: 3, n_samples: 150, noise: 0.2, seed: 0, split: {val: 0.2, seed: 1}}
model:
  layers: [{type: Linear, out_features: 16, activation: tanh}, {type: Dropout, p: 0.1}, {type: Linear, out_features: 3}]
loss: {type: CrossEntropyLoss}
optimizer: {type: Adam, lr: 0.01}
training: {epochs: 300, batch_size: 16, eval_every: 2}
metrics: [accuracy]
"""


@pytest.fixture(scope="module")
def undisturbed():
    """Return the series of a training in this process."""
    return series(json.loads(json.dumps(run_here(spec.build(spec.parse(CONFIG))).document().to_json())))


@pytest.mark.parametrize("victim", some(["child", "worker"], kept={"worker"}))
def test_a_run_that_was_taken_up_again_has_the_same_bytes(workers, undisturbed, settings, victim):
    settings.BPSANDBOX_ENGINE = "bpsandbox.engine"
    first = workers(BPSANDBOX_ENGINE=settings.BPSANDBOX_ENGINE)
    run_id = api.submit(config_text=CONFIG, is_system=True, target=("page", 1)).run.pk
    eventually(shows_points(run_id))
    if victim == "worker":
        workers(BPSANDBOX_ENGINE=settings.BPSANDBOX_ENGINE)
    os.kill(first.pid if victim == "worker" else busy_child(first), 9)
    if victim == "worker":
        first.wait()
    run = ended(run_id, seconds=60)
    assert (run.state, run.attempts) == ("succeeded", 2)
    assert series(results.unpack(bytes(Run.objects.get(pk=run_id).archive)).to_json()) == undisturbed


def stored(folder, database=None):
    """Return what a run stores in a separate database."""
    folder.mkdir()
    environment = {**os.environ, "HOST_VAR": str(folder), "HOST_DATABASE": json.dumps(database) if database else ""}
    command = [sys.executable, "-m", "tests.bpsandbox.one_run"]
    done = subprocess.run(command, input=CONFIG, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def stored_by_sqlite(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("identical") / "sqlite")


def test_a_run_through_the_queue_has_the_same_bytes(stored_by_sqlite, undisturbed):
    assert stored_by_sqlite["archive"] == undisturbed


@pytest.fixture
def postgres_database(postgres_url):
    """Return the settings of an empty database, dropped after the test."""
    psycopg = pytest.importorskip("psycopg")
    name = f"identical_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        known = server.info
        yield {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "HOST": known.host,
            "PORT": known.port,
            "USER": known.user,
            "PASSWORD": known.password,
        }
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.services
def test_sqlite_and_postgresql_keep_the_same_bytes(tmp_path, postgres_database, stored_by_sqlite):
    assert stored(tmp_path / "postgresql", postgres_database) == stored_by_sqlite
