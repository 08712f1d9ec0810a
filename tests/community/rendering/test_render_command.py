"""The render command: the fragment alone, or JSON lines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str, given: str = "", tmp: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "community.settings.embedded",
        "CHAINRULE_VAR": str(tmp / "nothing-here"),
    }
    return subprocess.run(
        [sys.executable, "manage.py", "render", *arguments],
        input=given,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=120,
    )


def test_a_file_becomes_its_fragment_and_nothing_else(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("**重要。**所以", encoding="utf-8")
    answer = run(str(file), tmp=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, '<p lang="zh-Hans"><strong>重要。</strong>所以</p>\n')
    assert not (tmp_path / "nothing-here").exists() or not list((tmp_path / "nothing-here").glob("*.sqlite3"))


def test_lines_are_answered_in_order(tmp_path):
    asked = [{"id": 1, "source": "a $\\nope$"}, {"id": "b", "source": "[" * 4000}, {"id": 3, "source": "x" * 60_000}]
    answer = run("--jsonl", given="\n".join(map(json.dumps, asked)) + "\n", tmp=tmp_path)
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, "b", 3]
    assert [set(line) for line in lines] == [{"id", "html", "seconds", "math_errors", "notice"}] * 3
    assert lines[0]["math_errors"] == [{"message": "Unknown command \\nope.", "line": 1, "column": 4}]
    assert all(0 <= line["seconds"] < 60 for line in lines)
    assert lines[2]["notice"] == "The text has 60,000 characters; the limit is 50,000."


def test_each_line_is_answered_at_once(tmp_path):
    with subprocess.Popen(
        [sys.executable, "manage.py", "render", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=ROOT,
        env=os.environ | {"CHAINRULE_VAR": str(tmp_path)},
    ) as child:  # fmt: skip
        for number in range(3):
            child.stdin.write(json.dumps({"id": number, "source": "a"}) + "\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["id"] == number
        child.stdin.close()
        assert child.wait(60) == 0


@pytest.mark.parametrize(
    ("arguments", "given", "sentence"),
    [(("missing.md",), "", "Cannot read missing.md"), (("--jsonl",), "no\n", "Not a line of JSON")],
)
def test_what_cannot_be_read_is_said(arguments, given, sentence, tmp_path):
    answer = run(*arguments, given=given, tmp=tmp_path)
    assert answer.returncode != 0
    assert sentence in answer.stderr
