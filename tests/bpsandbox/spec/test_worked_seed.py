"""The seed of a worked example: one of the run's, by default the first."""

import pytest

from bpsandbox import explain, spec
from bpsandbox.core import Snapshots, Worked, WorkedExample, run

from .configs import XOR, only


def with_example(example, more=""):
    return XOR + f"training: {{epochs: 3}}\n{more}record: {{worked_example: {{{example}}}}}\n"


@pytest.mark.parametrize("more", ["", "seed: 4\n", "seeds: [7, 2]\n"])
def test_the_first_seed_is_the_default_and_not_part_of_the_name(more):
    plain = spec.parse(with_example("step: 1", more))
    written = spec.parse(with_example(f"step: 1, seed: {plain.seeds[0]}", more))
    assert (written.hash, plain.config["record"]["worked_example"]) == (plain.hash, {"sample": 0, "step": 1})


def test_another_seed_is_part_of_the_name_and_is_built():
    parsed = spec.parse(with_example("step: 1, seed: 5"))
    assert parsed.config["record"]["worked_example"] == {"sample": 0, "step": 1, "seed": 5}
    assert parsed.hash != spec.parse(with_example("step: 1")).hash
    assert spec.build(parsed).observers == (Snapshots(), Worked(WorkedExample(0, 1, 5)))


@pytest.mark.parametrize(("more", "message"), [
    ("", "This run has no seed 9; its seeds are 0 to 7."),
    ("seed: 4\n", "This run has no seed 9; its seeds are 4."),
    ("seeds: [7, 2]\n", "This run has no seed 9; its seeds are 7, 2."),
])  # fmt: skip
def test_a_seed_that_is_not_of_the_run_is_refused(more, message):
    found = only(with_example("seed: 9", more))
    assert (found.path, found.message) == ("record.worked_example.seed", message)


def test_the_example_is_that_seed_s():
    text = with_example("step: 1, seed: 5")
    ours = explain.finished(run(spec.build(spec.parse(text)))).records.worked_example
    alone = explain.finished(run(spec.build(spec.parse(with_example("step: 1", "seed: 5\n"))))).records.worked_example
    assert (ours.steps, ours.tensors) == (alone.steps, alone.tensors)
    assert ours.seed == 5
