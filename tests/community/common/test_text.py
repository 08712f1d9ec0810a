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
