"""The index of what people want to do: every config in it can be trained and does what it says."""

import pytest

from bpsandbox import core, explain, spec
from bpsandbox.spec.tasks import BASE, TASKS


@pytest.mark.parametrize("name", TASKS)
def test_every_config_trains(name):
    parsed = spec.parse(TASKS[name].text)
    assert spec.limits.check(spec.price(parsed)) == ()
    *_, last = core.train(spec.build(parsed))
    document = explain.finished(last.result)
    assert document.seeds and not document.not_finite


@pytest.mark.parametrize("name", TASKS)
def test_the_lines_shown_are_part_of_the_config_and_change_it(name):
    task = TASKS[name]
    assert task.lines and all(line in task.text for line in task.lines.splitlines())
    plain = spec.parse("".join(f"{key}: {value}\n" for key, value in BASE.items()))
    assert spec.parse(task.text).hash != plain.hash
