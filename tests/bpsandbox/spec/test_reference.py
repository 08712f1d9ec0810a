"""The reference page is generated from the language, and correct."""

import re
from pathlib import Path

import pytest

from bpsandbox import spec
from bpsandbox.messages import speaking
from bpsandbox.spec.language import CONFIG, dataset
from bpsandbox.spec.records import Record
from bpsandbox.spec.reference import page, page_in

PAGE = Path(__file__).parents[3] / "docs" / "config.md"


def test_the_page_in_the_tree_is_the_page_that_is_made():
    with speaking(str):
        made = page()
    assert PAGE.read_text(encoding="utf-8") == made, "run: python -m bpsandbox.spec.reference > docs/config.md"


def test_the_chinese_page_in_the_tree_is_the_page_that_is_made():
    made = page_in("zh_Hans")
    assert PAGE.with_name("config.zh-hans.md").read_text(encoding="utf-8") == made, (
        "run: python -m bpsandbox.spec.reference zh_Hans > docs/config.zh-hans.md"
    )
    assert [line for line in made.splitlines() if re.search(r"\| [A-Z][a-z]+ [a-z]+ [a-z]+", line)] == []


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", page(), re.S))
def test_every_config_on_the_page_can_be_run(text):
    assert spec.limits.check(spec.price(spec.parse(text))) == ()


def fields(kind, path=""):
    """Return every field of the language with its path, each record once."""
    if isinstance(kind, Record):
        for name, known in kind.fields.items():
            yield f"{path}.{name}", known
            yield from fields(known.kind, f"{path}.{name}")
    for record in getattr(kind, "records", {}).values():
        yield from fields(record, path)
    inner = getattr(kind, "item", None) or getattr(kind, "other", None)
    if inner is not None:
        yield from fields(inner, path)


def test_every_field_has_a_sentence():
    every = [*fields(CONFIG), *fields(dataset.NAMED, "dataset"), *fields(dataset.INLINE, "dataset")]
    assert len(every) > 150
    assert [path for path, known in every if known.doc[-1:] not in (".", "?")] == []
