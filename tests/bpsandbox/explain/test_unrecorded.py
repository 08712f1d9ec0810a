"""What a run could have recorded."""

import pytest

from bpsandbox import explain, spec
from tests.bpsandbox.documents import blank
from tests.training import XOR


@pytest.mark.parametrize(("parameters", "is_offered"), [(25_000, True), (25_001, False)])
def test_weights_are_offered_if_the_config_may_ask_for_them(parameters, is_offered):
    """Those of two epochs are at most 50,000 numbers."""
    offered = [wish.config for wish in explain.unrecorded(blank(parameters=parameters), spec.parse(XOR))]
    assert ("record: {weights: true}" in offered) is is_offered


def test_each_is_recorded_by_a_fork_if_the_config_can():
    parsed = spec.parse(XOR)
    made = {wish.config: wish.cure for wish in explain.unrecorded(blank(), parsed)}
    for name in ("gradients", "activations", "histograms"):
        cure = made[f"record: {{{name}: true}}"]
        assert cure.words == "Record it" and explain.cured(parsed, cure.name)["record"][name] is True
    sweep = spec.parse(XOR + "sweep: {parameters: {optimizer.lr: [0.1, 1]}}\n")
    assert {wish.cure for wish in explain.unrecorded(blank(), sweep)} == {None}
