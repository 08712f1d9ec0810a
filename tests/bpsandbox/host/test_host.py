"""The sandbox alone: in a project without the community it migrates, checks, trains and shows runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RUN = """
import json, sys, time
import django
django.setup()
from bpsandbox import api
config = open(sys.argv[1]).read()
made = api.submit(config_text=config, owner_key="k", address="192.0.2.1", visibility="unlisted")
began = time.monotonic()
while (card := api.run_by_id(made.run.pk, owner_key="k")).is_active and time.monotonic() - began < 90:
    time.sleep(0.05)
page = api.run_page(made.spec_hash)
again = api.submit(config_text=config, owner_key="other", address="192.0.2.1")
print(json.dumps({
    "state": card.state,
    "failure": card.failure,
    "title": page.title,
    "points": len(page.document.epochs),
    "loss": max(page.document.final["train_loss"]),
    "csv": len(list(api.series_csv(api.document(made.spec_hash)))),
    "reused": again.reused,
    "workers": api.workers_alive(),
    "foreign": sorted(name for name in sys.modules if name.split(".")[0] == "community"),
}))
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Return a function that runs Python in the host project."""
    place = tmp_path_factory.mktemp("host")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bpsandbox.host.settings",
        "HOST_VAR": str(place),
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("HOST_DATABASE", None)

    def python(*args, **options):
        return subprocess.Popen(
            [sys.executable, *map(str, args)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    return python


def done(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err.decode()
    return out.decode()


def test_a_host_migrates_checks_and_trains(host, tmp_path):
    done(host("manage.py", "migrate", "-v0"))
    done(host("manage.py", "makemigrations", "--check", "--dry-run"))
    done(host("manage.py", "check", "--fail-level", "WARNING"))
    config = tmp_path / "config.yaml"
    config.write_text(
        "dataset: {name: xor}\n"
        "model: {layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 1}]}\n"
        "loss: {type: MSELoss}\n"
        "optimizer: {type: Adam, lr: 0.05}\n"
        "training: {epochs: 300, batch_size: full}\n"
    )
    worker = host("manage.py", "train_worker")
    try:
        seen = json.loads(done(host("-c", RUN, config)))
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    assert seen.pop("loss") < 0.2
    assert seen == {
        "state": "succeeded",
        "failure": "",
        "title": "2-3-1 tanh on XOR",
        "points": 301,
        "csv": 3 + 301 * 8,
        "reused": True,
        "workers": 1,
        "foreign": [],
    }
    assert worker.returncode == 0
