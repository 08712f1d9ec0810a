"""`manage.py train`: its output, its files and its exit status, without the database."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.bpsandbox.conftest import ROOT, children_of
from tests.waiting import eventually

CONFIG = """\
seeds: [3, 4]
dataset: {name: xor}
model:
  layers: [{type: Linear, out_features: 3, activation: sigmoid}, {type: Linear, out_features: 1, activation: sigmoid}]
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 2.0}
training: {epochs: 6, batch_size: full}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "xor.yaml"
    path.write_text(CONFIG)
    return path


def refused(*args):
    with pytest.raises(SystemExit) as caught:
        train(*args)
    assert caught.value.code == 2


def train(*args):
    call_command("train", *map(str, args))


def test_it_draws_the_curve_and_prints_the_table(config, capsys):
    train(config)
    out, err = capsys.readouterr()
    assert out.startswith(
        "2-3-1 sigmoid on XOR\nSGD, lr 2 · 2 seeds · 6 epochs\n13 parameters per seed, less than 0.1 s\n\ntrain_loss"
    )
    assert "medians of 2 seeds" in out
    assert "stopped: epochs (2)" in out
    assert err == ""


def test_an_example_is_trained_by_its_name_unless_a_file_has_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    train("by-hand")
    assert capsys.readouterr().out.startswith("One step by hand\n")
    (tmp_path / "by-hand").write_text(CONFIG)
    train("by-hand")
    assert capsys.readouterr().out.startswith("2-3-1 sigmoid on XOR\n")


def test_a_process_of_its_own_prints_what_the_command_does(config, capsys):
    """`manage.py` runs the command without the site's apps."""
    train(config)
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "community.settings.test"}
    done = subprocess.run(
        [sys.executable, "manage.py", "train", config], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert _without_time(done.stdout) == _without_time(capsys.readouterr().out)


def _without_time(said: str) -> str:
    return re.sub(r"\n[\d.]+ s · engine", "\n· engine", said)


def test_a_failure_is_a_sentence_without_the_sites_apps():
    code = "from bpsandbox import failures; print(failures.sentence({'code': 'wall', 'values': {'seconds': 3}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "It did not end within 3 seconds, perhaps because the machine was busy. Run it again later.\n"


def test_json_on_standard_output_is_one_document_and_nothing_else(config, capsys):
    train(config, "--json", "-")
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert sorted(document) == sorted([
        "spec_hash", "engine", "seeds", "epochs", "steps", "curves", "final", "best", "best_epoch", "stop", "checks",
        "warnings", "findings", "records", "data", "layers", "parameters", "provenance",
    ])  # fmt: skip
    assert document["seeds"] == [3, 4]
    assert document["epochs"] == document["steps"] == list(range(7))
    assert [len(row) for row in document["curves"]["train_loss"]] == [2] * 7
    assert document["final"]["train_loss"] == document["curves"]["train_loss"][-1]
    assert document["stop"] == [{"reason": "epochs", "epoch": 6, "step": 6}] * 2
    assert "medians of 2 seeds" in err


def test_steps_json_has_every_step_and_the_parameters_around_them(config, capsys, tmp_path):
    train(config, "--steps-json", "-", "--json", tmp_path / "result.json")
    steps = json.loads(capsys.readouterr().out)
    curve = json.loads((tmp_path / "result.json").read_text())["curves"]["train_loss"]
    assert [(row["step"], row["epoch"]) for row in steps["steps"]] == [(i, i) for i in range(6)]
    for row, point in zip(steps["steps"], curve, strict=False):
        assert row["loss"] == pytest.approx(point, rel=1e-12)
    for part in ("start", "first_gradient", "end"):
        assert list(steps[part]) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]
        weight, bias = steps[part]["layers.0.weight"], steps[part]["layers.0.bias"]
        assert (len(weight), len(weight[0]), len(weight[0][0])) == (2, 3, 2)
        assert (len(bias), len(bias[0])) == (2, 3)


def test_two_documents_cannot_share_standard_output(config, capsys):
    refused(config, "--json", "-", "--steps-json", "-")
    assert capsys.readouterr().err == "Only one of --json and --steps-json can go to standard output.\n"


def test_a_bad_config_ends_with_2_and_every_problem_under_its_line(config, capsys):
    config.write_text(CONFIG.replace("sigmoid}, {", "sigmod}, {").replace("epochs: 6", "epochs: -6"))
    with pytest.raises(SystemExit) as caught:
        train(config)
    out, err = capsys.readouterr()
    assert caught.value.code == 2
    assert out == ""
    assert f"{config}:4:" in err
    assert f"{config}:7:" in err
    assert "sigmoid" in err


def test_a_config_that_costs_too_much_ends_with_2_and_says_what_would_fit(config, capsys):
    config.write_text(CONFIG.replace("epochs: 6", "epochs: 1000000000"))
    with pytest.raises(SystemExit) as caught:
        train(config)
    assert caught.value.code == 2
    assert "epochs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, "There is no file {path}."),
        (lambda path: path.mkdir(), "{path} is a directory. Name a file with one config in it."),
        (
            lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\xff"),
            "{path} is not a text in UTF-8. A config is YAML or JSON.",
        ),
        (lambda path: path.write_bytes(b"#" * (5 << 20)), "{path} is larger than 4 MiB. A config is a short text."),
    ],
)
def test_what_is_no_config_is_a_sentence_and_2(tmp_path, capsys, make, sentence):
    path = tmp_path / "thing"
    make(path)
    refused(path)
    assert capsys.readouterr().err == sentence.format(path=path) + "\n"


@pytest.mark.parametrize("text", ["", "   \n", "\x00", "just words", "[1, 2]", "a: &x [1]\nb: *x"])
def test_a_text_that_is_no_config_ends_with_2(config, capsys, text):
    config.write_text(text)
    with pytest.raises(SystemExit) as caught:
        train(config)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith(f"{config}:1:")


def test_a_place_that_cannot_be_written_is_refused_before_the_training(config, capsys, tmp_path):
    refused(config, "--json", tmp_path / "no" / "such.json")
    assert capsys.readouterr().err == f"There is no directory {tmp_path}/no to write such.json into.\n"


def test_a_reader_who_goes_away_causes_no_traceback(config, tmp_path):
    config.write_text(CONFIG.replace("epochs: 6", "epochs: 2000"))
    process = host(config, "--json", "-", tmp_path=tmp_path)
    process.stdout.close()
    process.wait(timeout=120)
    assert process.returncode == 1
    assert b"Traceback" not in process.stderr.read()


def test_a_reader_who_wants_only_the_first_lines_causes_no_traceback(config, tmp_path):
    process = host(config, tmp_path=tmp_path)
    process.stdout.close()
    process.wait(timeout=120)
    assert process.returncode == 1
    assert process.stderr.read() == b""


DIVERGES = """\
seeds: [0, 1]
dataset: {name: polynomial}
model: {layers: [{type: Linear, out_features: 4}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 50.0}
training: {epochs: 100, batch_size: full}
checks: {gradient_check: {at: [start, end]}, overfit_tiny: true}
"""


def test_divergence_is_told_in_layer_step_and_last_finite_loss(config, capsys, tmp_path):
    config.write_text(DIVERGES)
    train(config, "--json", tmp_path / "result.json")
    out = capsys.readouterr().out.splitlines()
    document = json.loads((tmp_path / "result.json").read_text())
    stop = document["stop"][0]
    place = out.index(f"stopped: diverged ({len(document['seeds'])})")
    assert out[place + 1].split("  ")[1:2] == ["seeds"]
    assert stop["layer"] in out[place + 2]
    assert f"{stop['last']['train_loss']:.6g}" in out[place + 2]
    assert "gradient check at end: not checked: diverged" in out
    assert any(line.startswith("overfit check: ") for line in out)


def test_a_config_may_come_by_standard_input(monkeypatch, capsys):
    stdin = io.TextIOWrapper(io.BytesIO(CONFIG.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    train("-")
    assert "medians of 2 seeds" in capsys.readouterr().out


def test_a_run_that_fails_says_why_and_ends_with_1(config, capsys, settings):
    settings.BPSANDBOX_ENGINE = "tests.bpsandbox.runner.failing_engine"
    with pytest.raises(SystemExit) as caught:
        train(config)
    assert caught.value.code == 1
    assert capsys.readouterr().err == "layer 2 wants 3 columns, got 4\n"


def host(*args, tmp_path, **extra):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bpsandbox.host.settings",
        "HOST_VAR": str(tmp_path),
        "HOST_DATABASE": '{"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": 1, "NAME": "none"}',
    }
    command = [sys.executable, "manage.py", "train", *map(str, args)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **extra)


def test_it_needs_no_database(config, tmp_path):
    process = host(config, tmp_path=tmp_path)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, b"")
    assert b"medians of 2 seeds" in out


def test_control_c_ends_it_and_its_child(config, tmp_path):
    config.write_text(CONFIG.replace("epochs: 6", "epochs: 500000, eval_every: 500"))
    process = host(config, tmp_path=tmp_path)
    child = eventually(lambda: next(filter(trains, children_of(process.pid)), None))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err.decode().endswith("Stopped.\n")
    assert not Path(f"/proc/{child}").exists()


def trains(pid):
    """Return whether a child has read its job, which starts its own time limit."""
    with suppress(OSError):
        return not re.search(r"^Max cpu time +unlimited", Path(f"/proc/{pid}/limits").read_text(), re.MULTILINE)
