"""The JSON Schema is generated from the language, and consistent with it."""

import json
from pathlib import Path

import pytest

from bpsandbox import spec
from bpsandbox.spec import schema
from bpsandbox.spec.nodes import plain
from bpsandbox.spec.problems import Log
from bpsandbox.spec.reading import read

from .test_wrong import HERE, NAMES, repeated, told

PAGE = Path(__file__).parents[3] / "docs" / "config.schema.json"
# What a schema can express: names, kinds and ranges, but not shapes, sums and other blocks.
STRUCTURAL = {
    "missing", "type", "unknown_field", "unknown_word", "range", "bare_seeds", "sweep_values", "syntax", "wide_sign",
}  # fmt: skip
# Rules between fields of one block, which it can express too.
CROSS = {
    "epochs-and-steps", "seed-and-seeds", "points-and-csv", "alpha-and-l2", "clipping-says-nothing", "name-and-points",
    "csv-beside-points",
}  # fmt: skip
# The size limit of the number depends on the kind of list it is in.
UNSEEN = {"numbers-too-large"}


def tree_of(text):
    """Return the plain tree of a text; None if it cannot be parsed."""
    tree = read(repeated(text), log := Log())
    return None if tree is None or log.problems else plain(tree)


TREES = {name: tree_of((HERE / f"{name}.yaml").read_text(encoding="utf-8")) for name in NAMES}
CODES = {name: {line.split()[1] for line in told(name)} for name, tree in TREES.items() if tree is not None}
SEEN = {name for name, codes in CODES.items() if codes & STRUCTURAL or name in CROSS}


@pytest.fixture(scope="module")
def validator():
    jsonschema = pytest.importorskip("jsonschema", reason="requirements-dev.txt has it")
    jsonschema.Draft202012Validator.check_schema(schema.schema())
    return jsonschema.Draft202012Validator(schema.schema())


def test_the_schema_in_the_tree_is_the_schema_that_is_made():
    assert PAGE.read_text(encoding="utf-8") == schema.text(), (
        "run: python -m bpsandbox.spec.schema > docs/config.schema.json"
    )


@pytest.mark.parametrize("name", spec.presets.PRESETS)
def test_every_preset_is_valid_as_it_is_written_and_in_full(validator, name):
    text = spec.presets.PRESETS[name].text
    assert list(validator.iter_errors(tree_of(text))) == []
    assert list(validator.iter_errors(json.loads(spec.parse(text).to_json()))) == []


@pytest.mark.parametrize("name", sorted(SEEN - UNSEEN))
def test_what_is_written_wrongly_is_not_valid(validator, name):
    assert not validator.is_valid(TREES[name])


@pytest.mark.parametrize("name", sorted(CODES.keys() - SEEN))
def test_what_only_contradicts_itself_is_valid(validator, name):
    assert [error.message[:200] for error in validator.iter_errors(TREES[name])] == []
