"""Random combinations of markup: nothing raises and no word is lost."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.rendering import Context, render

from .markup import lost_words

PIECES = [
    "# ", "## ", "- ", "1. ", "2) ", "> ", "    ", "  ", "\n", "\n\n", "```\n", "```python\n", "~~~\n", "$", "$$",
    "\\(", "\\)", "\\[", "\\]", "**", "*", "_", "~~", "`", "``", "[", "](", ")", "![", "](/media/a.png)", "<", ">",
    "<sub>", "</sub>", "<div>", "</div>", "<details><summary>", "</summary>", "</details>", "|", "\n|---|---|\n",
    "| a | b |\n|---|---|\n", "[^1]", "\n[^1]: ", "[x]: ", "\\begin{align}", "\\end{align}", "\\frac{", "}", "\\",
    "&amp;", "&", "> [!note] ", "!!! note\n    ", "---\n", "===\n", "#", "@", "，", "。", "中文",
    "https://example.org/", "  \n", "\t", "- [ ] ", "\\\n", "{", "^", "\x02", "\ue0000\ue001", "\u3000",
]  # fmt: skip
WORDS = ["alpha", "beta", "gamma", "delta", "omega", "词语", "naïve"]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(WORDS)), max_size=40).map("".join)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_no_word_is_lost(text):
    rendered = render(text)
    assert rendered.notice == ""
    mine = "|".join(WORDS)
    assert lost_words(" ".join(re.findall(mine, text)), rendered.html) == []


@pytest.mark.parametrize(
    ("language", "source", "marked"),
    [
        ("en", "English.\n\n中文段落，$x$。", ["中文段落"]),
        ("en", "- one\n- 两个，三个", ["两个"]),
        ("en", "| a | 梯度 |\n|---|---|\n| 1 | 2 |", ["梯度"]),
        ("en", "A word, 反向传播, in an English sentence of some length.", []),
        ("zh-hans", "中文。\n\nA whole paragraph that is in English.", ["A whole"]),
        ("zh-hans", "中文。\n\n`ReLU` Adam\n\nhttps://example.org/a/b", []),
    ],
)
def test_a_block_in_another_language_than_the_text_says_so(language, source, marked):
    html = render(source, Context(language=language)).html
    other = "zh-Hans" if language == "en" else "en"
    assert html.count(" lang=") == len(marked)
    assert all(f' lang="{other}">{words}' in html for words in marked)
