"""What is wrong with results that were stored before there were findings."""

import pytest

from bpsandbox import explain, spec
from bpsandbox.document import Document
from bpsandbox.runner import results
from tests.bpsandbox.documents import blank

SPEC = spec.parse(spec.presets.PRESETS["xor"].text)
SEEDS = {"seeds": [1, 2]}
WARNINGS = {
    "nothing_learned": {**SEEDS, "losses": [0.25, 0.26], "baseline": 0.25},
    "stuck": {"seeds": [2]},
    "diverged": {"seeds": [1]},
    "grown": {**SEEDS, "losses": [40.0, 50.0]},
    "symmetric": {**SEEDS, "layer": 0, "type": "Linear", "units": 3},
    "dead": {**SEEDS, "layer": 0, "type": "Linear", "share": 0.75},
    "saturated": {**SEEDS, "layer": 0, "type": "Linear", "share": 0.75},
    "vanishing": {**SEEDS, "first_layer": 0, "last_layer": 1, "first_norms": [1e-6, 1e-6], "last_norms": [0.1, 0.1]},
    "overfitting": {**SEEDS, "part": "val", "epoch": 5, "lowest": 0.1, "last": 0.3},
}
KINDS = {"nothing_learned": "plateau", "stuck": "plateau", "grown": "diverged"}


def older(*codes: str, reason: str = "epochs") -> Document:
    """Return a result of two seeds with these warnings, as it was stored before there were findings."""
    made = blank(
        seeds=[1, 2], epochs=[0, 9], steps=[0, 9], curves={"train_loss": [[0.3, 0.3], [0.01, 0.24]]},
        final={"train_loss": [0.01, 0.24]}, warnings=[{"code": code, **WARNINGS[code]} for code in codes],
        stop=[{"reason": reason, "epoch": 9, "step": 9}] * 2,
    )  # fmt: skip
    return Document.from_store({name: part for name, part in made.to_json().items() if name != "findings"})


@pytest.mark.parametrize("code", WARNINGS)
def test_every_warning_of_an_older_result_is_a_finding_with_its_cause(code):
    document = older(code)
    assert not document.is_examined
    [found] = explain.diagnoses(document, SPEC)
    assert found.kind == KINDS.get(code, code) and found.cause
    assert [each.kind for each in results.card(document).known_findings] == [found.kind]


def test_evidence_that_is_missing_is_not_made_up():
    for code, kind in (("dead", "dead"), ("saturated", "saturated"), ("vanishing", "vanishing")):
        [found] = explain.diagnoses(older(code), SPEC)
        assert found.kind == kind and (found.lines, found.numbers) == ((), ())
        assert "first step)" not in found.cause and "None" not in found.cause
    [stuck] = explain.diagnoses(older("stuck"), SPEC)
    assert "the best seed reached 0.01" in stuck.cause and stuck.facts == ("1 of 2 seeds: 2",)


def test_causes_come_first_and_their_effects_have_no_cures():
    found = explain.diagnoses(older("nothing_learned", "symmetric"), SPEC)
    assert [(each.kind, bool(each.cures)) for each in found] == [("symmetric", True), ("plateau", False)]


def test_seeds_that_diverged_without_a_warning_are_a_finding():
    document = older(reason="diverged")
    assert [(each.kind, each.seeds) for each in document.known_findings] == [("diverged", (1, 2))]


def test_a_result_that_was_examined_has_its_findings_alone():
    document = Document.from_store({**older("overfitting").to_json(), "findings": []})
    assert document.is_examined and document.known_findings == ()
