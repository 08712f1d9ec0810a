import pytest

from community.content import languages, slugs, texts
from community.content.errors import InvalidText

BIDI = "\u202e"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Why does   it stop?  ", "Why does it stop?"),
        ("two\nlines", "two lines"),
        ("为什么梯度会消失？", "为什么梯度会消失？"),
    ],
)
def test_a_title_is_one_line_with_single_spaces(typed, kept):
    assert texts.title(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please add a title."),
        (" \t\n ", "Please add a title."),
        ("\u200b\u2060", "Please add a title."),
        ("a" * 201, "This has 201 characters; the limit is 200 characters."),
        ("a\x00b", "Line 1 contains an invisible control character (U+0000). Please remove it."),
        ("a\x1bb", "Line 1 contains an invisible control character (U+001B). Please remove it."),
        ("half \ud800", "This contains an incomplete character (a lone surrogate). Please retype that part."),
        (
            f"user{BIDI}gpj.exe",
            "This contains an invisible mark that changes the writing direction. Please retype it.",
        ),
    ],
)
def test_a_title_that_cannot_be_kept_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(InvalidText) as refusal:
        texts.title(typed)
    assert refusal.value.fields == {"title": [sentence]}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "There is no text yet. Write something first."),
        ("\n \u3000\t", "There is no text yet. Write something first."),
        ("a" * 50_001, "This has 50,001 characters; the limit is 50,000 characters."),
        ("one\ntwo\x00", "Line 2 contains an invisible control character (U+0000). Please remove it."),
        ("\udfff", "There is no text yet. Write something first."),
        ("x\udfff", "This contains an incomplete character (a lone surrogate). Please retype that part."),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(InvalidText) as refusal:
        texts.source(typed, kind="question")
    assert refusal.value.fields == {"source": [sentence]}


def test_an_article_may_be_longer_than_a_question():
    assert len(texts.source("a" * 100_000, kind="article")) == 100_001


def test_newlines_of_every_system_become_one():
    assert texts.source("a\r\nb\rc\x0bd\u2028e", kind="reply") == "a\nb\nc\nd\ne\n"


def test_tags_are_folded_and_joined_but_shown_as_typed():
    assert texts.tags(["ＸＯＲ", "learning rate", "C++", "xor", " ", "交叉熵"]) == {
        "xor": "XOR",
        "learning-rate": "learning-rate",
        "c++": "C++",
        "交叉熵": "交叉熵",
    }


@pytest.mark.parametrize("name", ["<script>", "a/b", "++", "a\x00", "a" * 41, f"a{BIDI}b"])
def test_a_strange_tag_is_refused(name):
    with pytest.raises(InvalidText) as refusal:
        texts.tags([name])
    assert refusal.value.field == "tags"


def test_six_tags_are_one_too_many():
    with pytest.raises(InvalidText, match="at most 5 tags"):
        texts.tags("abcdef")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Why does the gradient vanish?", "en"),
        ("为什么梯度会消失？", "zh-hans"),
        ("交叉熵加 softmax 的梯度为什么这么简单？", "zh-hans"),
        ("The word 反向传播 means backpropagation in Chinese, and it is four characters long.", "en"),
        ("梯度\n\n```python\nfor epoch in range(epochs): optimizer.step()\n```\n", "zh-hans"),
        ("# 反向传播的推导过程\n\nThe chain rule gives the gradient of each layer from that of the next one.", "en"),
        ("Backward by hand.\n\n本文用手算一遍反向传播，每个数字都写出来。\n\n" + "One more step by hand. " * 10, "en"),
        ("用 PyTorch 训练 CNN 时 loss 变成 NaN，learning rate 是 0.1，batch size 32", "zh-hans"),
        ("", "en"),
        ("$\\delta$", "en"),
    ],
)
def test_the_language_is_what_most_words_are_in(text, language):
    assert languages.detect(text) == language


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Why is $\\delta^{[l]}$ transposed?", "why-is-transposed"),
        ("XOR stuck at a quarter: 2-3-1", "xor-stuck-at-a-quarter-2-3-1"),
        ("交叉熵加 softmax 的梯度", "交叉熵加-softmax-的梯度"),
        ("$$x$$", "-"),
        ("???", "-"),
        ("a" * 300, "a" * 80),
    ],
)
def test_a_slug_is_the_words_of_the_title(title, slug):
    assert slugs.slug_for(title) == slug
