"""The configs on the data set cards."""

import pytest

from bpsandbox import spec
from bpsandbox.core import run
from bpsandbox.spec.samples import SAMPLED, sample


@pytest.mark.parametrize("name", SAMPLED)
def test_every_set_has_a_config_that_a_visitor_may_run(name):
    parsed = spec.parse(sample(name))
    assert (parsed.config["dataset"].get("name") or "points") == name
    assert spec.limits.check(spec.price(parsed), spec.Caps(seconds=5.0)) == ()
    assert parsed.notes == ()


@pytest.mark.parametrize("name", ["xor", "moons", "iris", "abs", "plane", "echo", "points"])
def test_a_config_of_a_card_learns(name):
    document = run(spec.build(spec.parse(sample(name) + "seeds: [0]\n"))).document().to_json()
    first, last = (document["curves"]["train_loss"][i][0] for i in (0, -1))
    assert last < 0.2 * first
