import sys
import time
import unicodedata

import pytest
from django.test import RequestFactory

from community.common.redirects import safe_next
from community.common.text import contains_unstorable, is_storable, many_lines, one_line, sentences


@pytest.mark.parametrize(("text", "storable"), [("a\tb", True), ("é学😀", True), ("a\x00", False), ("\udc80", False)])
def test_nul_and_lone_surrogates_cannot_be_stored(text, storable):
    assert is_storable(text) is storable
    assert contains_unstorable({"a": [1, {"b": text}]}) is not storable
    assert contains_unstorable({text: 1}) is not storable


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two \n words ", "two words"),
        ("\u202eevil\u202c", "evil"),
        ("a\x00b\x07c", "abc"),
        ("e\u0301", "é"),
        ("zero\u200dwidth", "zero\u200dwidth"),
        ("\u2066\u2069", ""),
    ],
)
def test_a_title_is_one_line_without_hidden_controls(text, line):
    assert one_line(text) == line


def test_a_post_keeps_what_was_written_with_plain_newlines():
    assert many_lines("a\r\nb\rc\u2028d\x00  e") == "a\nb\nc\nd\ufffd  e"


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/t/1/", "/t/1/"),
        ("/学/?q=1", "/学/?q=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("///evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tfoo", "/"),
        ("\x00/x", "/"),
        ("", "/"),
    ],
)
def test_next_never_leaves_the_site(wanted, goes_to):
    assert safe_next(RequestFactory().get("/", {"next": wanted})) == goes_to
    assert safe_next(RequestFactory().post("/", {"next": wanted})) == goes_to


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (("One.", "Two.", ""), "One. Two."),
        (("一。", "二！", "三。"), "一。二！三。"),
        (("他说“好。”", "然后"), "他说“好。”然后"),
        (("", "只有"), "只有"),
        ((), ""),
    ],
)
def test_sentences_have_a_space_between_them_where_their_language_has_one(parts, joined):
    assert sentences(*parts) == joined


def test_one_line_removes_what_nobody_sees():
    seen = [chr(code) for code in range(sys.maxunicode + 1) if one_line(f"a{chr(code)}b") == "ab"]
    hidden = {char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) in {"Cc", "Cs", "Co"}}
    spaces = {char for char in hidden if char.isspace()}
    assert set(seen) == (hidden - spaces) | {
        "\ufeff",
        *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    }
    assert all(one_line(f"a{space}{space}b") == "a b" for space in spaces)


@pytest.mark.parametrize("char", ["B", "异", "\u202e"])
def test_a_long_line_takes_no_time_before_it_is_refused(char):
    began = time.process_time()
    one_line(char * 2_000_000)
    assert time.process_time() - began < 0.5
