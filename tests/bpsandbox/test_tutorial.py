"""The tutorial works from top to bottom."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_block_of_the_tutorial_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    names: dict[str, object] = {"__name__": "tutorial"}
    blocks = list(BLOCK.finditer(page))
    assert len(blocks) > 8
    for block in blocks:
        line = page[: block.start(1)].count("\n")
        exec(compile("\n" * line + block.group(1), "docs/tutorial.md", "exec"), names)
    assert (tmp_path / "xor.svg").read_text().startswith("<svg")
    assert "16 seeds solved it" in capsys.readouterr().out


def test_the_layer_of_the_tutorial_has_twenty_lines():
    page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    body = page.partition("class Snake")[2].partition("```")[0]
    assert len([line for line in body.splitlines() if line.strip()]) <= 20


@pytest.mark.parametrize("word", ["config.md", "embedding.md"])
def test_pages_it_names_are_there(word):
    assert (ROOT / "docs" / word).is_file()
