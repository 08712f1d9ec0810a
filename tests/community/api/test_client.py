"""The client of the documentation, as a program of its own, against a running server."""

import json
import os
import subprocess
import sys

import pytest

from bpsandbox import api
from bpsandbox.models import Run
from community.api.models import Scope, new_token
from community.launch.paths import ROOT
from tests.factories import PersonFactory
from tests.training import CALM, train
from tests.waiting import eventually

CLIENT = ROOT / "docs" / "client.py"


@pytest.mark.django_db(transaction=True)
def test_it_trains_a_config_and_keeps_its_curve(live_server, tmp_path):
    _token, secret = new_token(owner=PersonFactory(), name="client", scope=Scope.WRITE, days=1)
    (tmp_path / "xor.yaml").write_text(CALM)
    command = [sys.executable, str(CLIENT), live_server.url, "xor.yaml"]
    environment = {**os.environ, "CHAINRULE_TOKEN": secret}
    client = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
    eventually(lambda: Run.objects.queued().exists() or client.poll() is not None)
    train()
    told, _ = client.communicate(timeout=60)
    status, address, final = told.split(maxsplit=2)
    run = Run.objects.select_related("spec").get()
    assert (client.returncode, status) == (0, "succeeded")
    assert address == f"{live_server.url}/runs/{run.spec.hash}/"
    assert json.loads(final) == api.document_of_run(run.pk, run.requester).to_json()["final"]
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")
    rows = [line for line in (tmp_path / "series.csv").read_text().splitlines() if not line.startswith("#")]
    assert rows[0].startswith("seed,epoch,step,train_loss") and len(rows) > 3


def test_it_is_short_enough_to_read():
    assert len([line for line in CLIENT.read_text().splitlines() if line.strip()]) <= 20
