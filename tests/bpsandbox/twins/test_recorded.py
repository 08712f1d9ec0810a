"""Scripts of libraries that are not installed here: `./run bench twins` has run them, and they have not changed."""

from dataclasses import replace

import pytest

from bpsandbox import twins

from . import covering
from .cases import everything, generated
from .record import fingerprint, graph_mark, networks, read, recorded_libraries
from .running import LIMIT, SINGLE

RECORD = read()
ONNX = 1e-4
"""Largest difference of an output in single precision, relative to the largest output."""


@pytest.mark.parametrize("library", recorded_libraries())
def test_every_script_was_run_and_gave_the_curve(library):
    runs, missing = RECORD[library]["runs"], []
    for name, case in everything().items():
        parsed, document = case()
        if twins.refusal(parsed, document, library):
            assert name not in runs
            continue
        text = twins.twin(parsed, document, library)
        assert max(map(len, text.splitlines())) <= 79, name
        mark, gap = runs.get(name, ("", 0.0))
        missing += [] if mark == fingerprint(text) else [name]
        says_six = "to about six digits" in " ".join(text.split())
        assert gap < (SINGLE if name == "single precision" or says_six else LIMIT), name
    assert missing == [], f"run them again: ./run bench twins {library}"


@pytest.mark.parametrize("library", twins.LIBRARIES)
def test_the_runs_of_ci_have_every_kind_that_a_library_can_express(library):
    expressed = [case()[0] for case in everything().values() if not twins.refusal(*case(), library)]
    every = set().union(*map(covering.features, expressed))
    assert set().union(*(covering.features(parsed) for _, parsed, _ in covering.runs_of(library))) == every


def test_a_script_that_gives_another_curve_fails_ci(monkeypatch, capsys):
    [(name, parsed, document), *_] = covering.runs_of("numpy")
    other = replace(document, curves={"train_loss": tuple((2.0 * a, b) for a, b in document.curves["train_loss"])})
    monkeypatch.setattr(covering, "runs_of", lambda library: [(name, parsed, other)])
    assert covering.main(["numpy"]) == 1 and f"numpy: {name}: " in capsys.readouterr().out
    monkeypatch.setattr(covering, "runs_of", lambda library: [(name, parsed, document)])
    assert covering.main(["numpy"]) == 0


def test_every_network_was_run_by_onnxruntime_and_gave_the_outputs():
    runs = RECORD["onnx"]["runs"]
    assert {name: graph_mark(run, weights) for name, run, weights in networks()} == {
        name: mark for name, (mark, _) in runs.items()
    }, "run them again: ./run bench twins onnx"
    assert max(gap for _, gap in runs.values()) < ONNX


def test_scikit_learn_expresses_what_it_means_itself():
    parsed, document = generated("sklearn numbers")
    assert "scikit-learn" in twins.refusal(parsed, document, "sklearn") or twins.twin(parsed, document, "sklearn")
