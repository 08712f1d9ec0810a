"""The catalogue: every set has its card, and the bytes it was published with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bpsandbox.core import stream
from bpsandbox.core.data.datasets import SETS, summary
from bpsandbox.core.data.datasets.catalogue import FREE, SHARED
from bpsandbox.spec.build.data import make_dataset
from bpsandbox.spec.language.dataset import default_block

HASHES = Path(__file__).with_name("content_hashes.txt")
OLD_PROCESSOR = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX,-AVX512F"
ROOT = Path(__file__).parents[3]
SOURCES = (ROOT / "bpsandbox/core/data/datasets/carried/SOURCES.md").read_text(encoding="utf-8")


def made(name):
    return make_dataset(default_block(name))[0]


def test_every_set_with_its_default_fields_has_the_bytes_of_the_table_content_hashes_txt():
    """Every stored curve depends on them. A new set gets a line; a changed line needs a changelog entry too."""
    found = "".join(f"{name} {made(name).hash}\n" for name in SETS)
    assert found == HASHES.read_text(), f"what is made now:\n{found}"


def test_the_bytes_are_the_same_on_a_processor_without_vectors_and_fused_products():
    """On such a processor the C library's and NumPy's sin, cos and exp differ in the last digits; the data must not."""
    old = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3 AVX512F AVX2 FMA3", "GLIBC_TUNABLES": OLD_PROCESSOR}
    program = (
        "from tests.bpsandbox.core.test_catalogue import SETS, made\n"
        "print(*(f'{name} {made(name).hash}' for name in SETS), sep='\\n')"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    found = subprocess.run(command, env=os.environ | old, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == HASHES.read_text()


@pytest.mark.parametrize("name", SETS)
def test_every_card_says_what_it_is_how_it_is_made_and_whose_it_is(name):
    known = SETS[name]
    assert known.about.endswith((".", "?"))
    assert known.formula
    assert known.source
    assert known.licence in (FREE, SHARED)


@pytest.mark.parametrize("name", [name for name, known in SETS.items() if known.licence == SHARED])
def test_every_carried_file_is_in_the_list_of_sources(name):
    row = next(line for line in SOURCES.splitlines() if line.startswith(f"| `{name}.csv.gz`"))
    assert f"| {len(SETS[name].make()):,} |" in row
    assert SETS[name].source.rpartition("doi:")[2] in row
    assert made(name).hash in row


@pytest.mark.parametrize("name", [name for name, known in SETS.items() if known.is_drawn])
def test_a_drawn_set_is_another_with_another_seed(name):
    block = default_block(name)
    still = {"step", "abs", "sine"}  # without noise nothing is drawn at random
    noisy = block | ({"noise": 0.1} if name in still else {})
    one, other = (make_dataset(noisy | {"seed": seed})[0] for seed in (0, 1))
    assert one.hash != other.hash
    assert one.hash == make_dataset(noisy)[0].hash


def test_a_summary_counts_classes_and_measures_targets():
    digits = summary(SETS["digits"].make())
    assert (digits.n, digits.shape, digits.targets) == (1797, (1, 8, 8), None)
    assert digits.classes[:2] == ((0, 178), (1, 182))
    assert (digits.inputs.low, digits.inputs.high) == (0.0, 16.0)
    adding = summary(SETS["adding"].make(stream(0, "data"), n_samples=2000, length=10))
    assert adding.classes == ()
    assert adding.targets.mean == pytest.approx(1.0, abs=0.03)
    assert adding.targets.variance == pytest.approx(1 / 6, abs=0.01)
    echo = summary(SETS["echo"].make(stream(0, "data"), n_samples=10, length=6, delay=1))
    assert echo.target_size == 6
