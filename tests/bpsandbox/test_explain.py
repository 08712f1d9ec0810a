"""`manage.py explain`: one worked step in the terminal, without the database."""

import json
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import call_command

from bpsandbox import core, spec
from bpsandbox import explain as worked_steps

CONFIG = """\
title: Two seeds
seeds: [3, 4]
dataset: {name: xor}
model:
  layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 1}]
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 0.5}
training: {epochs: 6, batch_size: full}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "xor.yaml"
    path.write_text(CONFIG)
    return path


def explain(*args):
    call_command("explain", *map(str, args))


def refusal(capsys, *args, status=2):
    with pytest.raises(SystemExit) as caught:
        explain(*args)
    out, err = capsys.readouterr()
    assert (caught.value.code, out) == (status, "")
    return err


def test_json_is_one_document_with_steps_and_tensors_of_one_seed(config, capsys):
    explain(config, "--sample", 1, "--step", 2, "--seed", 4, "--json", "-")
    out, err = capsys.readouterr()
    made = json.loads(out)
    assert err == ""
    assert {name: made[name] for name in ("spec_hash", "sample", "step", "seed")} == {
        "spec_hash": spec.parse(CONFIG).hash, "sample": 1, "step": 2, "seed": 4,
    }  # fmt: skip
    assert sorted(made["tensors"]) == ["after", "before", "gradient"]
    assert list(made["tensors"]["before"]) == [f"layers.{k}.{name}" for k in (0, 1) for name in ("weight", "bias")]
    first = made["steps"][0]
    assert (first["id"], first["phase"], first["layer"], first["title"], first["formula"]) == (
        "forward.0.sum", "forward", 0, "Layer 0: weighted sum", "z^{[0]} = W^{[0]} x + b^{[0]}",
    )  # fmt: skip
    assert np.shape(first["value"]) == (3, 1)
    assert {step["phase"] for step in made["steps"]} == {"forward", "loss", "backward", "update"}


def test_the_tensors_are_the_run_s_own(config, capsys):
    explain(config, "--step", 5, "--seed", 3, "--json", "-")
    after = json.loads(capsys.readouterr().out)["tensors"]["after"]
    run = core.run(spec.build(spec.parse(CONFIG)))
    network = run.session.experiment.network
    assert {name: values[0].tolist() for name, values in network.named(run.theta).items()} == after


def test_clipped_gradients_stand_beside_the_gradient(config, capsys):
    config.write_text(CONFIG + "gradient_clipping: {value: 0.001}\n")
    explain(config, "--json", "-")
    tensors = json.loads(capsys.readouterr().out)["tensors"]
    weight = np.array(tensors["gradient"]["layers.0.weight"])
    assert np.array_equal(tensors["clipped"]["layers.0.weight"], np.clip(weight, -0.001, 0.001))
    assert abs(weight).max() > 0.001


def test_markdown_is_the_default_and_latex_a_choice(config, tmp_path, capsys):
    explain(config, "--tex", tmp_path / "worked.tex", "--md", "-", "--vectors", "rows")
    out = capsys.readouterr().out
    assert out.startswith("# Two seeds\n\nExample 0 in step 0, seed 3\n")
    assert r"& z^{[0]} = x \left(W^{[0]}\right)^{\top} + b^{[0]} \\" in out
    assert r"\begin{align*}" in (tmp_path / "worked.tex").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sample", 4), "There is no training example 4: there are 4, from 0 to 3.\n"),
        (("--step", 6), "There is no step 6: there are 6, from 0 to 5.\n"),
        (("--step=-1",), "There is no step -1: there are 6, from 0 to 5.\n"),
        (("--seed", 5), "There is no seed 5. The seeds of this run are 3, 4.\n"),
        (("--json", "-", "--md", "-"), "Only one of --json, --tex and --md can go to standard output.\n"),
    ],
)
def test_what_is_not_there_is_said_with_status_2(config, capsys, arguments, said):
    assert refusal(capsys, config, *arguments) == said


def test_a_refused_config_has_the_problems_that_train_tells(config, capsys):
    config.write_text(CONFIG.replace("MSELoss", "MSELos"))
    err = refusal(capsys, config)
    with pytest.raises(SystemExit):
        call_command("train", str(config))
    assert "loss.type" in err and capsys.readouterr().err == err


def test_a_seed_that_diverged_before_shows_its_last_step_and_says_so(config, capsys):
    config.write_text(CONFIG.replace("lr: 0.5", "lr: 1.0e+60").replace("epochs: 6", "epochs: 50"))
    explain(config, "--step", 40, "--json", "-")
    made = json.loads(capsys.readouterr().out)
    assert made["step"] < 40
    assert made["notes"][0]["text"].startswith("Seed {seed} diverged in step {end}, before step {asked}.")
    assert made["notes"][0]["values"] == {"seed": 3, "end": made["step"] + 1, "asked": 40}


def test_a_run_whose_worked_example_cannot_be_written_down_is_kept_with_a_sentence():
    class Result:
        def __init__(self, result):
            self.document = result.document
            self.capture = replace(result.capture, before=None)

    result = core.run(spec.build(spec.parse(CONFIG + "record: {worked_example: {sample: 1, step: 2}}\n")))
    document = worked_steps.finished(Result(result))
    example = document.records.worked_example
    assert (example.sample, example.step, example.seed) == (1, 2, 3)
    assert [(step.phase, step.notes[0].text) for step in example.steps] == [
        ("forward", "This part could not be worked out.")
    ]
    assert document.final == worked_steps.finished(result).final
