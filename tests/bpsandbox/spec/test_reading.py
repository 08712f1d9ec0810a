"""Strict parsing: not all YAML is a config, and no input makes it crash or hang."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpsandbox import spec
from bpsandbox.spec.nodes import plain
from bpsandbox.spec.problems import Log
from bpsandbox.spec.reading import MAX_DEPTH, read
from tests.full import counts
from tests.steps import steps

from .configs import XOR, only, place, problems


def value(text):
    """Return a value as resolved by the parser."""
    log = Log()
    tree = read(f"a: {text}", log)
    assert tree is not None, [str(problem) for problem in log.problems]
    return plain(tree)["a"]


@pytest.mark.parametrize(("text", "expected"), [
    ("1e-3", 1e-3), ("1E3", 1000.0), ("-.5", -0.5), ("5.", 5.0), ("0x1F", 31), ("0o17", 15), ("017", 17), ("+3", 3),
    ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("true", True), ("False", False),
    ("null", None), ("~", None), ("", None), ("1_000", "1_000"), ("12:30", "12:30"), ("2024-01-01", "2024-01-01"),
    ('"1"', "1"), ("'no'", "no"), ("=", "="),
])  # fmt: skip
def test_words_are_resolved_by_yaml_1_2(text, expected):
    got = value(text)
    assert (type(got), got) == (type(expected), expected)


@pytest.mark.parametrize("text", [".nan", ".NaN", "nan", "NaN", ".inf", "-.inf", "inf", "-Infinity", "1e999", "-1e400"])
def test_what_is_not_finite_is_refused(text):
    found = problems(XOR + f"optimizer: {{type: SGD, lr: {text}}}\n")
    assert [problem.code for problem in found][:1] == ["not_finite"]
    assert place(found[0]) == (7, 28)


def test_a_quoted_infinity_is_a_word_and_no_number():
    assert only(XOR + 'optimizer: {type: SGD, lr: "inf"}\n').code == "type"


@pytest.mark.parametrize(("text", "code", "where"), [
    ("", "empty", (1, 1)),
    (" \n\n\t", "syntax", (3, 1)),
    ("   \n  ", "empty", (1, 1)),
    ("# nothing\n", "empty", (1, 1)),
    ("null", "empty", (1, 1)),
    ("hello", "not_a_config", (1, 1)),
    ("- a\n- b", "not_a_config", (1, 1)),
    ("42", "not_a_config", (1, 1)),
    ("a: [1, 2", "syntax", (1, 9)),
    ("a: b: c", "syntax", (1, 5)),
    ("\tdataset: 3", "syntax", (1, 1)),
    ('title: "abc', "syntax", (1, 12)),
    ("a: 1\n---\nb: 2", "documents", (2, 1)),
    ("a: \x00", "character", (1, 4)),
    ("a:\n  b: \ud800", "character", (2, 6)),
    ("a: b\u202ec", "character", (1, 5)),
    ("a: \u2028", "character", (1, 4)),
    ("a: \x07", "character", (1, 4)),
    ("GIF89a\x01\x00", "character", (1, 7)),
    ('title: "a\\0b"', "character", (1, 8)),
    ('{"title": "a\\u202eb"}', "character", (1, 11)),
    ('a: 1\n"\\x1b": 2', "character", (2, 1)),
    ("a: !x%1b b", "character", (1, 4)),
    ("{" * 13 + "}" * 13, "too_deep", (1, 13)),
    ("[" * 60_000, "syntax", (1, 1001)),
    ("- " * 30_000, "not_a_config", (1, 1)),
    ("a" * 70_000, "too_long", (1, 1)),
    ("é" * 33_000, "too_long", (1, 1)),
])  # fmt: skip
def test_a_text_that_cannot_be_read_is_refused_in_one_sentence(text, code, where):
    problem = only(text)
    assert (problem.code, place(problem)) == (code, where)
    assert problem.message[-1] in ".?"
    assert steps(lambda: only(text)) < 3_000


@pytest.mark.parametrize(("text", "code", "where"), [
    ("a: &x [1]", "anchor", (1, 4)),
    ("a: *x", "alias", (1, 4)),
    ("a: !!python/object:os.system x", "tag", (1, 4)),
    ("a: !local x", "tag", (1, 4)),
    ("<<: {a: 1}", "merge", (1, 1)),
    ("? [a]\n: 3", "key", (1, 3)),
    ("dataset: {name: xor}\ndataset: {name: and}", "duplicate", (2, 1)),
    ('{"dataset": {"name": "xor", "name": "and"}}', "duplicate", (1, 29)),
])  # fmt: skip
def test_what_yaml_allows_and_a_config_does_not(text, code, where):
    assert (code, where) in {(problem.code, place(problem)) for problem in problems(text)}


def test_a_billion_laughs_stay_nine_lines():
    lines = ["a0: &a0 [lol]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    found = problems("\n".join(lines))
    assert {"anchor", "alias"} <= {problem.code for problem in found}
    assert len(found) <= 100
    assert steps(lambda: problems("\n".join(lines))) < 40_000


def test_too_many_entries_are_refused_but_numbers_are_counted_apart():
    assert only("\n".join(f"k{i}: x" for i in range(300))).code == "too_many"
    rows = ", ".join("[1, 2]" for _ in range(400))
    parsed = spec.parse(f"""
dataset: {{points: {{x: [{rows}], y: [{", ".join(["0.5"] * 400)}]}}}}
model: {{layers: [{{type: Linear, out_features: 1}}]}}
loss: MSELoss
""")
    assert len(parsed.config["dataset"]["points"]["y"]) == 400


def test_too_many_numbers_are_refused():
    row = "[" + ", ".join(["1"] * 100) + "]"
    assert only("dataset: {points: {x: [" + ", ".join([row] * 201) + "]}}").code == "too_many_numbers"


def test_twelve_levels_are_enough_and_allowed():
    nested = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert "too_deep" not in {problem.code for problem in problems(nested)}


def test_bom_and_other_line_ends_change_nothing():
    assert spec.parse("\ufeff" + XOR.replace("\n", "\r\n")).hash == spec.parse(XOR).hash
    assert place(only("\ufeff" + XOR.replace("\n", "\r\n") + "nonsense: 1\r\n")) == (7, 1)


def test_columns_count_code_points():
    assert place(only(XOR.replace("{type: MSELoss}", '{type: MSELoss, "数学😀": 1}'))) == (6, 23)


def test_lines_are_those_of_the_text_around():
    found = problems("dataset: {name: xr}\nlos: 1", line=40, column=5)
    assert [place(problem) for problem in found if problem.code.startswith("unknown")] == [(40, 21), (41, 1)]


def test_json_with_tabs_and_escaped_emoji_is_a_config():
    config = {"title": "XOR 🎉", "dataset": {"name": "xor"}, "loss": "MSELoss",
              "model": {"layers": [{"type": "Linear", "out_features": 1}]}}  # fmt: skip
    parsed = spec.parse(json.dumps(config, indent="\t"))
    assert parsed.title == "XOR 🎉"
    assert parsed.hash == spec.parse(json.dumps(config, ensure_ascii=False)).hash


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_spec_or_sentences(text):
    try:
        spec.parse(text)
    except spec.InvalidConfig as error:
        assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in error.problems)
        assert error.problems


CONFIGS = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["dataset", "name", "xor", "model", "layers", "type", "Linear", "loss", "points", "x", "y", "csv", "seeds",
         "count", "training", "epochs", "stopping", "record", "split", "init", "values", "out_features", "activation"]),
        inner, max_size=5), max_leaves=20)  # fmt: skip


@pytest.mark.parametrize("examples", counts(40, 200))
def test_any_structure_gets_a_spec_or_sentences(examples):
    @settings(max_examples=examples, deadline=None)
    @given(CONFIGS)
    def check(config):
        base = {
            "dataset": {"name": "xor"},
            "model": {"layers": [{"type": "Linear", "out_features": 1}]},
            "loss": "MSELoss",
        }
        candidates = [config, {**base, **config}] if isinstance(config, dict) else [config]
        candidates += [
            {**base, block: config} for block in ("dataset", "model", "loss", "training", "stopping", "record")
        ]
        for candidate in candidates:
            try:
                spec.parse(json.dumps(candidate))
            except spec.InvalidConfig as error:
                assert error.problems

    check()
