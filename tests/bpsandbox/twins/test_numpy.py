"""NumPy twins are run, each as a script of its own, and print the run's own curve."""

import ast
import json
import subprocess
import sys

import pytest

from bpsandbox import spec, twins
from bpsandbox.runner import results
from tests.full import some
from tests.training import XOR as CONFIG

from .cases import configs, finished, generated, presets
from .running import LIMIT, SINGLE, gap, printed


@pytest.mark.parametrize("name", configs())
def test_the_script_of_every_kind_prints_the_curve(name, tmp_path):
    parsed, document = generated(name)
    text = twins.twin(parsed, document, "numpy")
    assert gap(parsed, document, printed(text, tmp_path)) < (SINGLE if name == "single precision" else LIMIT)
    assert max(map(len, text.splitlines())) <= 79
    imported = {node.names[0].name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)}
    assert imported - {"numpy"} <= sys.stdlib_module_names and "bpsandbox" not in text


@pytest.mark.parametrize("name", some(presets(), kept={"by-hand", "circle", "iris", "lstm"}))
def test_the_script_of_a_preset_prints_the_curve(name, tmp_path):
    parsed, document = finished(presets()[name])
    assert gap(parsed, document, printed(twins.twin(parsed, document, "numpy"), tmp_path)) < LIMIT


def test_each_setting_of_a_sweep_has_a_script(tmp_path):
    parsed, document = finished(spec.presets.PRESETS["lr-sweep"].text)
    with pytest.raises(twins.NoTwin, match="sweep"):
        twins.twin(parsed, document, "numpy")
    for number in (0, 6):
        alone = results.alone(document, document.members[number].rows)
        setting = parsed.settings[number].spec  # at the highest rate rounding grows: it agrees up to the horizon
        assert gap(setting, alone, printed(twins.twin(setting, alone, "numpy"), tmp_path)) < LIMIT


def test_a_script_of_several_seeds_says_how_far_it_is_without_a_line_more_in_its_output(tmp_path):
    parsed, document = finished(CONFIG)
    path = tmp_path / "twin.py"
    path.write_text(twins.twin(parsed, document, "numpy"))
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == [f"seed {seed}: {seed} of 3 done" for seed in range(3)]
    assert [*json.loads(done.stdout)] == ["train_loss"]
    alone = finished(CONFIG.replace("count: 3", "count: 1"))
    assert "stderr" not in twins.twin(*alone, "numpy")


def test_a_script_is_the_same_text_each_time():
    parsed, document = finished(presets()["moons"])
    assert twins.twin(parsed, document, "numpy") == twins.twin(parsed, document, "numpy")
