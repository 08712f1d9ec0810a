"""What reads a person's text is linear, whatever is opened and never closed; its length is refused first."""

from time import process_time

import pytest

from community.content import languages, texts
from community.content.errors import InvalidText
from community.rendering.prose import prose

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


def seconds(read, text):
    """CPU time of this process: another test on the same machine does not count."""
    began = process_time()
    read(text)
    return process_time() - began


@pytest.mark.parametrize("opener", OPENERS)
def test_the_language_of_megabytes_is_told_at_once(opener):
    assert seconds(languages.detect, opener * (SIZE // len(opener))) < 0.5


@pytest.mark.parametrize("opener", OPENERS)
def test_the_words_of_a_source_are_read_in_linear_time(opener):
    short, long = (opener * (length // len(opener)) for length in (20_000, 80_000))
    assert seconds(prose, long) < 12 * seconds(prose, short) + 0.2


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
