"""All parsers of user text are linear, whatever is opened and never closed; length is checked first."""

import re
from pathlib import Path
from time import process_time

import pytest

from community.common.text import many_lines, one_line
from community.content import diffs, languages, quoting, texts
from community.content.errors import InvalidText
from community.content.slugs import slug_for
from community.notifications.inbound import senders
from community.notifications.inbound.html import as_text
from community.notifications.inbound.quotes import own_words
from community.rendering import formulas, lines, mention_candidates, mentioning, scanner, tags
from community.rendering.chars import han_and_words
from community.rendering.headlines import headline
from community.rendering.math import bridges
from community.rendering.plain import plain
from community.rendering.prose import prose
from community.rendering.readable import readable_words
from community.rendering.source import LONGEST_GAP, Source
from community.search import excerpts
from community.search.tokens import index_tokens

COMMUNITY = Path(__file__).parents[2] / "community"
# What XML and our placeholders cannot contain differs from what is invisible.
MORE_CHARACTERS = {"rendering/source.py"}
SIZE = 4_000_000
TRIES = 5
OPENERS = (
    *"`~$[(<*_@|>-1 \t\n中#.=!&\\^{\"'",
    *("```", "~~~", "\\(", "\\[", "$$", "$a\n", "$a\n\n", "$ $$ ", "\\(\\[", "`a\n", "``` \n`", "``` `", "](", "[^"),
    *(
        "a b",
        "中a",
        " \n",
        "\n ",
        "<a ",
        "- ",
        "1. ",
        "-1",
        "@a",
        "中@",
        "http://",
        "\\begin{align}",
        "\\text{$",
        "\u0301\u0327",
    ),
)
READERS = {
    "code and formulas left out": prose,
    "formulas": lambda text: list(formulas.spans(text)),
    "readable words": readable_words,
    "a headline": headline,
    "a slug": slug_for,
    "names that may be called": mention_candidates,
    "the source of a text": Source,
    "plain words of HTML": plain,
    "words and Chinese characters": han_and_words,
    "tokens of the index": index_tokens,
    "an excerpt of a hit": lambda text: excerpts.excerpt(text, ["中a", "a"]),
    "what was changed": lambda text: diffs.rows(text, text + "."),
    "a text made storable": lambda text: (texts.lenient(text), many_lines(text), one_line(text)),
    "the quotes of a text": lambda text: list(quoting._attributions(text)),
    "what the writer of an email wrote": own_words,
    "the text of an HTML email": as_text,
    "what a mail server found": senders.findings,
}
# Patterns for block markers and settings, each tried only at the start of a line or word.
ANCHORED = {
    f"{module.__name__.removeprefix('community.rendering.')}.{name}": pattern
    for module in (lines, bridges, tags, mentioning, scanner, formulas)
    for name, pattern in vars(module).items()
    if isinstance(pattern, re.Pattern)
}


def seconds(read, text):
    """Return the CPU time of this process, so that other tests on the machine do not count."""
    began = process_time()
    read(text)
    return process_time() - began


def grows(read, *texts):
    """Return whether the longer of two texts takes far more than four times as long, however often it is tried.

    A pattern is one step of the interpreter (tests/steps.py), so that only time tells; in one moment it tells wrong.
    """
    short, long = texts
    return all(seconds(read, long) > 8 * seconds(read, short) + 0.1 for _try in range(TRIES))


@pytest.mark.parametrize("opener", OPENERS)
def test_of_megabytes_only_the_beginning_is_read_for_the_language(opener, monkeypatch):
    read = []
    monkeypatch.setattr(languages, "prose", lambda text: read.append(len(text)) or prose(text))
    languages.detect(opener * (SIZE // len(opener)))
    assert read == [languages.LOOKED_AT]


def slow(read, *, before="", after=""):
    """Return the openers with which a text four times as long takes far more than four times as long."""
    texts = {
        opener: [before + opener * (length // len(opener)) + after for length in (4_000, 16_000)] for opener in OPENERS
    }
    return [opener for opener, both in texts.items() if grows(read, *both)]


@pytest.mark.parametrize("name", READERS)
def test_a_text_four_times_as_long_takes_about_four_times_as_long(name):
    assert slow(READERS[name]) == []


@pytest.mark.parametrize("before", ["", "```", "!!!", "|", "# ", "[a]:", "<br"])
def test_no_mark_of_a_block_is_looked_for_again_and_again(before):
    found = {name: slow(pattern.match, before=before, after="\x00") for name, pattern in ANCHORED.items()}
    assert {name: openers for name, openers in found.items() if openers} == {}


@pytest.mark.parametrize("gap", [" ", "\t", "\u00a0", "\u3000"])
def test_a_gap_of_thousands_of_spaces_is_cut_and_places_stay_true(gap):
    source = Source(f"a{gap * 5_000}b\nc$")
    assert source.text == f"a{gap * LONGEST_GAP}b\nc$"
    assert source.place(source.text.index("b")) == (1, 5_002)
    assert source.place(source.text.index("$")) == (2, 2)


@pytest.mark.parametrize("opener", OPENERS)
def test_megabytes_are_refused_by_their_length_alone(opener):
    texts_too_long = [opener * (size // len(opener)) for size in (SIZE // 4, SIZE)]

    def refused(read):
        with pytest.raises(InvalidText, match=r"characters; the limit is"):
            read()

    for read in (lambda text: texts.source(text, kind="article"), texts.title, lambda text: texts.tags([text])):
        assert not grows(lambda text, read=read: refused(lambda: read(text)), *texts_too_long)


@pytest.mark.parametrize("opener", ["`", "~", "\\(", "$"])
def test_a_preview_of_megabytes_is_refused_as_soon_as_it_has_arrived(as_user, ada, opener):
    browser = as_user(ada)

    def refused(text):
        assert browser.post("/write/preview/", {"source": text, "kind": "article"}).status_code == 422

    assert not grows(refused, *(opener * (size // len(opener)) for size in (750_000, 3_000_000)))


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
