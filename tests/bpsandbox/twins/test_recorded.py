"""Scripts of libraries that are not installed here: `./run bench twins` has run them, and they have not changed."""

import pytest

from bpsandbox import twins

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


def test_every_network_was_run_by_onnxruntime_and_gave_the_outputs():
    runs = RECORD["onnx"]["runs"]
    assert {name: graph_mark(run, weights) for name, run, weights in networks()} == {
        name: mark for name, (mark, _) in runs.items()
    }, "run them again: ./run bench twins onnx"
    assert max(gap for _, gap in runs.values()) < ONNX


def test_scikit_learn_expresses_what_it_means_itself():
    parsed, document = generated("sklearn numbers")
    assert "scikit-learn" in twins.refusal(parsed, document, "sklearn") or twins.twin(parsed, document, "sklearn")
