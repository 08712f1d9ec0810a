"""The reference page is made from the language, and says what is true."""

import re
from pathlib import Path

import pytest

from bpsandbox import spec
from bpsandbox.spec.reference import page

PAGE = Path(__file__).parents[3] / "docs" / "config.md"


def test_the_page_in_the_tree_is_the_page_that_is_made():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m bpsandbox.spec.reference > docs/config.md"


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", page(), re.S))
def test_every_config_on_the_page_can_be_run(text):
    assert spec.limits.check(spec.price(spec.parse(text))) == ()
