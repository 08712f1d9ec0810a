"""The steps of a phase under the headings of their layers."""

import pytest

from bpsandbox.explain.working.step import LONG, Sentence, Step, Worked, WorkedPhase


def step(layer, text):
    return Step("id", "forward", layer, Sentence(text, {"layer": layer} if "{layer}" in text else {}))


def way(*steps):
    return WorkedPhase("forward", "Forward", steps)


def test_steps_are_grouped_by_their_layers_in_the_order_of_the_working():
    groups = way(step(None, "Slope"), step(1, "a"), step(1, "b"), step(0, "c")).groups
    assert [(group.title, len(group.steps)) for group in groups] == [("", 1), ("Layer 1", 2), ("Layer 0", 1)]


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Layer {layer}: weighted sum", "Weighted sum"),
        ("Layer {layer}, step 3 of 9: input gate", "Step 3 of 9: input gate"),
        ("Back through the activation of layer {layer}", "Back through the activation of layer 4"),
        ("Layer {layer}", "Layer 4"),
    ],
)
def test_a_title_does_not_repeat_the_heading(title, read):
    (group,) = way(step(4, title)).groups
    assert [name for name, _step in group.entries] == [read]


def test_a_title_without_a_heading_is_as_it_is():
    (group,) = way(step(None, "softmax: probabilities")).groups
    assert group.entries[0][0] == "softmax: probabilities"


@pytest.mark.parametrize("more", [0, 1])
def test_a_working_is_long_beyond_a_number_of_steps(more):
    steps = tuple(step(0, "a") for _ in range(LONG + more))
    assert Worked("hash", 0, 0, 0, 0, steps, {}).is_long is bool(more)
