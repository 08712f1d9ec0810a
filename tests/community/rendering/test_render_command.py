"""The render command: the fragment alone, or JSON lines."""

import json
import os
import subprocess
import sys
import threading
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def given(monkeypatch):
    """Return a function that puts a text on standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode())))


def test_a_file_becomes_its_fragment_and_nothing_else(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("**重要。**所以", encoding="utf-8")
    nowhere = tmp_path / "nothing-here"
    environment = {"DJANGO_SETTINGS_MODULE": "community.settings.embedded", "CHAINRULE_VAR": str(nowhere)}
    command = [sys.executable, "manage.py", "render", str(file)]
    answer = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | environment, timeout=120
    )
    assert (answer.returncode, answer.stdout) == (0, '<p lang="zh-Hans"><strong>重要。</strong>所以</p>\n')
    assert not nowhere.exists() or not list(nowhere.glob("*.sqlite3"))


def test_lines_are_answered_in_order(given, capsysbinary):
    asked = [{"id": 1, "source": "a $\\nope$"}, {"id": "b", "source": "[" * 4000}, {"id": 3, "source": "x" * 60_000}]
    given("\n".join(map(json.dumps, asked)) + "\n")
    call_command("render", "--jsonl")
    lines = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == [1, "b", 3]
    assert [set(line) for line in lines] == [{"id", "html", "seconds", "math_errors", "notice"}] * 3
    assert lines[0]["math_errors"] == [{"message": "Unknown command \\nope.", "line": 1, "column": 4}]
    assert all(0 <= line["seconds"] < 60 for line in lines)
    assert lines[2]["notice"] == "The text has 60,000 characters; the limit is 50,000."


def test_each_line_is_answered_at_once(monkeypatch):
    (asked, ask), (answers, answer) = os.pipe(), os.pipe()
    with open(asked) as stdin, open(answer, "w") as stdout, open(answers) as told:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", stdout)
        command = threading.Thread(target=call_command, args=("render", "--jsonl"))
        command.start()
        with open(ask, "w") as lines:
            for number in range(3):
                print(json.dumps({"id": number, "source": "a"}), file=lines, flush=True)
                assert json.loads(told.readline())["id"] == number
        command.join(60)
    assert not command.is_alive()


@pytest.mark.parametrize(
    ("arguments", "text", "sentence"),
    [(("missing.md",), "", "Cannot read missing.md"), (("--jsonl",), "no\n", "Not a line of JSON")],
)
def test_what_cannot_be_read_is_said(given, arguments, text, sentence):
    given(text)
    with pytest.raises(CommandError, match=sentence):
        call_command("render", *arguments)
