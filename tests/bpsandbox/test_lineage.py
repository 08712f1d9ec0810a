"""The note in a text that says what it was forked from."""

from bpsandbox import spec
from bpsandbox.lineage import parent_in, with_parent, without_parent
from tests.training import XOR

A, B = "a" * 32, "b" * 32


def test_a_note_is_read_from_any_line():
    assert parent_in(f"# forked from {A}\n{XOR}") == A
    assert parent_in(f"title: Mine\n#forked from {A}  \n{XOR}") == A


def test_what_only_resembles_a_note_is_none():
    others = (
        f"notes: '# forked from {A}'\n",
        "# forked from me\n",
        f"# forked from {A}0\n",
        f"# forked from {A.upper()}",
    )
    for text in ("", XOR, *others):
        assert parent_in(text) == ""


def test_an_unchanged_config_is_no_fork_of_itself():
    assert parent_in(f"# forked from {A}\n", A) == ""


def test_a_fork_of_a_fork_names_the_last_one_only():
    assert with_parent(with_parent(XOR, A), B) == f"# forked from {B}\n{XOR}"
    assert without_parent(with_parent(XOR, A)) == XOR


def test_the_note_does_not_change_the_spec_in_yaml_or_json():
    assert spec.parse(with_parent(XOR, A)).hash == spec.parse(XOR).hash
    as_json = spec.parse(XOR).to_json()
    assert spec.parse(with_parent(as_json, A)).hash == spec.parse(XOR).hash


def test_a_long_text_is_read_in_linear_time():
    text = "# forked from " * 5000 + "\n" + "#" + " " * 60_000
    assert parent_in(text) == "" and without_parent(text) == text
