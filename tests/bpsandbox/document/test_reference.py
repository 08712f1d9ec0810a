"""The reference page of the result is generated from its types, and correct."""

import re
from dataclasses import fields
from pathlib import Path

from bpsandbox.document import Document
from bpsandbox.document.reference import page, parts_of, sentences

PAGE = Path(__file__).parents[3] / "docs" / "result.md"


def test_the_page_in_the_tree_is_the_page_that_is_made():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m bpsandbox.document.reference > docs/result.md"


def test_every_field_has_a_sentence():
    said = {
        (part, each.name): sentences(part).get(each.name, "") for part in parts_of(Document) for each in fields(part)
    }
    assert len(said) > 130
    assert [f"{part.__name__}.{name}" for (part, name), words in said.items() if not words] == []


def test_every_link_leads_to_a_part():
    made = page()
    heads = {head.lower() for head in re.findall(r"^## (\w+)$", made, re.M)}
    assert set(re.findall(r"\(#(\w+)\)", made)) <= heads


def test_the_python_on_the_page_runs():
    [block] = re.findall(r"```python\n(.*?)```", page(), re.S)
    exec(compile(block, str(PAGE), "exec"), {})
