"""What reads a person's text is linear, whatever is opened and never closed; its length is refused first."""

import re
from pathlib import Path
from time import process_time

import pytest

from community.content import languages, texts
from community.content.errors import InvalidText
from community.content.slugs import slug_for
from community.rendering import formulas
from community.rendering.headlines import headline
from community.rendering.prose import prose
from community.rendering.readable import readable_words

COMMUNITY = Path(__file__).parents[2] / "community"
# What XML and our own placeholders cannot take is another matter than what people cannot see.
MORE_CHARACTERS = {"rendering/source.py", "blogs/syndication.py"}
SIZE = 4_000_000
OPENERS = (
    *(
        "`",
        "```",
        "~",
        "~~~",
        "\\(",
        "\\[",
        "$",
        "$$",
        "[",
        "(",
        "<",
        "*",
        "_",
        "@",
        "|",
        ">",
        "-",
        "1",
        " ",
        "\n",
        "中",
    ),
    *("$a\n", "$a\n\n", "$ $$ ", "\\(\\[", "`a\n", "``` \n`", "``` `", "a b", "中a"),
)
READERS = {
    "code and formulas left out": prose,
    "formulas": lambda text: list(formulas.spans(text)),
    "readable words": readable_words,
    "a headline": headline,
    "a slug": slug_for,
}


def seconds(read, text):
    """CPU time of this process: another test on the same machine does not count."""
    began = process_time()
    read(text)
    return process_time() - began


@pytest.mark.parametrize("opener", OPENERS)
def test_the_language_of_megabytes_is_told_at_once(opener):
    assert seconds(languages.detect, opener * (SIZE // len(opener))) < 0.5


def growth(read, opener):
    """How many times longer a text four times as long takes, as a sentence when that is too much."""
    short, long = (opener * (length // len(opener)) for length in (10_000, 40_000))
    allowed = 12 * min(seconds(read, short) for _ in range(2)) + 0.1
    taken = seconds(read, long)
    return f"{opener!r}: {taken:.3f} s, {allowed:.3f} s would be linear" if taken > allowed else ""


@pytest.mark.parametrize("name", READERS)
def test_a_text_four_times_as_long_takes_about_four_times_as_long(name):
    assert [slow for opener in OPENERS if (slow := growth(READERS[name], opener))] == []


@pytest.mark.parametrize("opener", OPENERS)
def test_megabytes_are_refused_by_their_length_alone(opener):
    text = opener * (SIZE // len(opener))
    for read in (lambda: texts.source(text, kind="article"), lambda: texts.title(text), lambda: texts.tags([text])):
        began = process_time()
        with pytest.raises(InvalidText, match=r"characters long; the limit is"):
            read()
        assert process_time() - began < 0.2


@pytest.mark.parametrize("opener", ["`", "~", "\\(", "$"])
def test_a_preview_of_megabytes_is_refused_at_once(as_user, ada, opener):
    sent = {"source": opener * (3_000_000 // len(opener)), "kind": "article"}
    began = process_time()
    refused = as_user(ada).post("/write/preview/", sent)
    assert (refused.status_code, process_time() - began < 3) == (422, True)


@pytest.mark.parametrize(
    ("idea", "written", "homes"),
    [
        ("ranges of Chinese characters", r"\\u(?:4e00|9fff|3400|3040|f900)", {"rendering/chars.py"}),
        ("marks that turn the direction", r"\\u202[a-e]|\\ud800", {"common/invisible.py", *MORE_CHARACTERS}),
        ("a pattern for formulas", r"\\\$[^\n\"]*\[\^\\?\$|\\\$\\\$\.", {"rendering/formulas.py"}),
    ],
)
def test_an_idea_has_one_home(idea, written, homes):
    files = [path for path in COMMUNITY.rglob("*.py") if "migrations" not in path.parts]
    found = {str(path.relative_to(COMMUNITY)) for path in files if re.search(written, path.read_text("utf-8"))}
    assert found <= homes, idea
