"""Fragments: drawn once for the same inputs, never for others."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.template import Engine
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from community.common import drawn
from community.common.drawn import Fragments, draw
from community.content.models import Category
from community.launch.paths import ROOT

GONE = "content/branch_gone.html"


@pytest.fixture
def renders(monkeypatch):
    """Count how often a template is read to render a fragment."""
    seen = []
    engine = Engine.get_default()
    read = engine.get_template
    monkeypatch.setattr(engine, "get_template", lambda name: seen.append(name) or read(name))
    drawn.fragments.clear()
    return seen


def test_a_fragment_is_rendered_once_for_the_same_inputs(renders):
    first = draw(GONE, {"anchor": "post-7"}, comments="")
    assert draw(GONE, {"anchor": "post-7"}, comments="") == first
    assert renders == [GONE]


def test_another_input_is_another_fragment(renders):
    assert 'id="post-7"' in draw(GONE, {"anchor": "post-7"}, comments="")
    assert 'id="post-8"' in draw(GONE, {"anchor": "post-8"}, comments="")
    assert renders == [GONE, GONE]


@pytest.mark.parametrize(
    ("one", "other"),
    [(SafeString("<b>"), "<b>"), (True, 1), (1, 1.0), (("<b>", 1), (SafeString("<b>"), 1)), ((1,), (True,))],
)
def test_equal_inputs_of_other_types_are_other_fragments(one, other, renders):
    for anchor in (one, other, one, other):
        draw(GONE, {"anchor": anchor}, comments="")
    assert renders == [GONE, GONE]


def test_a_text_that_is_safe_is_another_text_than_one_that_is_not():
    def kind(text: str) -> str:
        return type(text).__name__

    assert (drawn.kept(kind, "words"), drawn.kept(kind, SafeString("words"))) == ("str", "SafeString")


def test_another_language_is_another_fragment():
    english = draw(GONE, {"anchor": "post-7"}, comments="")
    with translation.override("zh-hans"):
        assert draw(GONE, {"anchor": "post-7"}, comments="") != english
    assert draw(GONE, {"anchor": "post-7"}, comments="") == english


def test_holes_are_filled_for_each_page(renders):
    assert "<b>mine</b>" in draw(GONE, {"anchor": "a"}, comments="<b>mine</b>")
    page = draw(GONE, {"anchor": "a"}, comments="<b>theirs</b>")
    assert "<b>theirs</b>" in page
    assert "mine" not in page
    assert renders == [GONE]


def test_inputs_are_escaped():
    assert 'id="&quot;&gt;&lt;script&gt;"' in draw(GONE, {"anchor": '"><script>'}, comments="")


def test_what_fills_a_hole_is_not_searched_for_holes():
    forged = drawn.hole("comments")
    assert draw(GONE, {"anchor": "a"}, comments=forged).count(forged) == 1


def test_a_hole_nobody_fills_is_an_error():
    with pytest.raises(KeyError):
        draw(GONE, {"anchor": "a"})


@pytest.mark.parametrize("changing", [["a"], {"a": 1}, Category(slug="a"), gettext_lazy("b"), (1, ("a", [2]))])
def test_what_may_change_is_no_input(changing):
    with pytest.raises(TypeError):
        draw(GONE, {"anchor": changing}, comments="")


def test_the_oldest_give_way_when_there_are_too_many():
    small = Fragments(size=10 * drawn.KEY_BYTES)
    for number in range(100):
        small.pieces(GONE, {"anchor": f"post-{number}"})
    assert small._kept.currsize <= 10 * drawn.KEY_BYTES
    assert 0 < len(small._kept) < 10


def test_threads_draw_the_same_fragments():
    drawn.fragments.clear()
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda n: draw(GONE, {"anchor": f"post-{n % 5}"}, comments=""), range(200)))
    assert all(f'id="post-{place % 5}"' in page for place, page in enumerate(pages))


def test_what_is_made_of_a_text_is_kept_under_the_text_and_the_rest():
    made = []

    def shorten(text: str, length: int) -> str:
        made.append(text)
        return text[:length]

    assert [drawn.kept(shorten, "words", 2) for _ in range(3)] == ["wo"] * 3
    assert drawn.kept(shorten, "words", 3) == "wor"
    assert drawn.kept(shorten, "other", 2) == "ot"
    assert made == ["words", "words", "other"]


TEMPLATES = ROOT / "templates"
PART = re.compile(r"""{%\s*include\s+["']([\w/.]+)["']""")
KEPT = re.compile(r"""{%\s*kept\s+["']([\w/.]+)["']""")
SLOT = re.compile(r"""{% slot "([\w-]+)" %}""")
DRAWN = re.compile(r"""draw(?:_outlined)?\(\s*["']([\w/.]+\.html)["']""")
# What differs between requests, readers and moments without being an input.
FORBIDDEN = re.compile(
    r"""(?<!["'])\b(?:request|user|perms|messages)\b(?!["'])|csrf|{%\s*(?:ago|now|csrf_token|follow_button|place)\b"""
    r"""|\|\s*(?:date|time|timesince|timeuntil|random|naturaltime)\b"""
)

COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}", re.DOTALL)


def parts(name: str) -> set[str]:
    """Return a template and all templates it includes, also by slots."""
    from community.common import slots

    text = (TEMPLATES / name).read_text(encoding="utf-8")
    inner = set(PART.findall(text)) | {each for slot in SLOT.findall(text) for each in slots.templates(slot)}
    return {name}.union(*map(parts, inner))


def fragment_templates() -> set[str]:
    found = set()
    for path in TEMPLATES.rglob("*.html"):
        found |= set(KEPT.findall(path.read_text(encoding="utf-8")))
    for path in (ROOT / "community").rglob("*.py"):
        found |= set(DRAWN.findall(path.read_text(encoding="utf-8")))
    return set().union(*map(parts, found))


def test_no_fragment_reads_what_is_not_an_input():
    names = fragment_templates()
    known = {"content/branch.html", "content/list_row.html", "social/vote.html", "shell/switches.html"}
    assert known <= names
    reads = {}
    for name in sorted(names):
        text = re.sub(
            r"{% comment %}.*?{% endcomment %}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.S
        )
        reads[name] = FORBIDDEN.findall(text)
    assert {name: found for name, found in reads.items() if found} == {}


# What an outline leaves open, in templates of posts and rows and in those that are given it under another name.
OPEN = (
    r"(?:post|thread|bookmark)\.(?:pk|number|anchor|url|created|added|at|author\.\w+|person\.\w+)|tag\.(?:name|url)"
    r"|post\.above\.(?:number|url|name|words)"
)
USED = re.compile(rf"{{{{\s*(?:{OPEN})\s*\||{{%\s*(?:el)?if\b[^%]*\b(?:{OPEN})\b|=(?:{OPEN})\|")
GIVEN = re.compile(r"{{[^}]*\b(?:pk|url)\s*\||{%\s*(?:el)?if\b[^%]*\b(?:pk|url)\b")
OUTLINED = (
    *("content/branch.html", "content/comment.html", "content/list_row.html", "pages/feed_row.html"),
    "social/bookmark_row.html",
)


def test_what_an_outline_leaves_open_is_only_printed():
    """A filter or a condition would see the mark of the hole."""
    assert USED.search("{% if post.number == 1 %}") and USED.search("{{ thread.url|urlencode }}")
    assert GIVEN.search("{{ back|default:url|urlencode }}") and not GIVEN.search("{{ url }}")
    names = set().union(*map(parts, OUTLINED))
    used = {name: USED.findall(text) for name in names if (text := (TEMPLATES / name).read_text(encoding="utf-8"))}
    given = {
        name: GIVEN.findall((TEMPLATES / name).read_text(encoding="utf-8"))
        for name in ("social/vote.html", "social/bookmark.html", "lists/bookmark_act.html")
    }
    assert {name: found for name, found in (used | given).items() if found} == {}


def test_numbers_are_written_without_groups(settings):
    """They would hide the mark of a number that is a hole."""
    assert settings.USE_THOUSAND_SEPARATOR is False
