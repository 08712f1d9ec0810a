"""The sandbox as a package: it installs alone and trains without Django."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys, setuptools.build_meta as backend; backend.build_wheel(sys.argv[1])"
ALONE = """
import sys
sys.path.insert(0, {wheel!r})
for name in ("django", "community", "markdown", "structlog"):
    sys.modules[name] = None  # not to be had
import bpsandbox, numpy, yaml
assert bpsandbox.__file__.startswith({wheel!r}), bpsandbox.__file__
from bpsandbox import charts, core, explain, spec
from bpsandbox.runner import Children, Job, Limits, supervise
preset = spec.presets.PRESETS["xor"]
parsed = spec.parse(preset.text)
document = core.run(spec.build(parsed)).document()
children = Children()
outcome = supervise(children.start(), Job(spec=parsed.to_json(), limits=Limits()), on_progress=lambda progress: None)
assert outcome.document.final == document.final, outcome
children.close()
assert charts.curve(document, standalone=True).startswith("<svg")
assert spec.build(spec.parse(spec.presets.PRESETS["digits"].text)).dataset.shape == (1, 8, 8)
print("trained", len(document.seeds))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for name in ("bpsandbox", "docs"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
    # Uses the build backend directly: an environment made by uv has no pip.
    command = [sys.executable, "-c", BUILD, out]
    subprocess.run(command, cwd=tree, check=True, capture_output=True, timeout=300)
    return next(out.glob("bpsandbox-*.whl"))


def test_the_wheel_holds_everything_of_the_sandbox_and_nothing_else(wheel):
    listed = subprocess.run(["git", "ls-files", "bpsandbox"], cwd=ROOT, check=True, capture_output=True, text=True)
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    kept = {name for name in listed.stdout.split() if (ROOT / name).exists() and not name.endswith(".po")}
    assert kept <= packed
    assert all(name.startswith("bpsandbox/") for name in packed)


def test_it_needs_numpy_and_yaml_alone(wheel):
    name = next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".dist-info/METADATA"))
    lines = zipfile.ZipFile(wheel).read(name).decode().splitlines()
    needed = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist")]
    assert [need for need in needed if "extra ==" not in need] == ["numpy>=2.2", "PyYAML>=6"]
    assert [need for need in needed if "extra ==" in need] == ['Django<7,>=6.1; extra == "django"']


def test_it_trains_without_django(wheel, tmp_path):
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    code = ALONE.format(wheel=str(tmp_path / "site"))
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("trained")
