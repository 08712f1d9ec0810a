"""No English in the interface for a Chinese reader: the text of every page is checked.

The pages are those of the route table. User content declares its own language and is skipped; so is code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from community.common.ratelimit.store import limiter
from tests.architecture import world as worlds
from tests.architecture.test_routes import ROWS, Row, address
from tests.taken_back import taken_back

CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9,en;q=0.5"}
ROLES = ("visitor", "author", "moderator")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
NOT_READ = frozenset({"script", "style", "code", "pre", "kbd", "textarea", "math", "bdi", "optgroup"})
SAID = ("title", "alt", "aria-label", "placeholder")
ENGLISH = re.compile(r"[A-Za-z][a-z']*(?:[ ,;:]+[A-Za-z][a-z']*){2,}")
WORD = re.compile(r"[A-Za-z]{3}")
"""What is no word: c, h, w are the sides of an image in both languages."""
# Names that stay as they are: formats, licences, functions, people and quotations.
NAMES = re.compile(
    r"JPEG|PNG|GIF|WebP|Markdown|LaTeX|Authorization|Bearer|Idempotency|cursor|next|Retry|After|sin|cos"
    r"|A (question|article)|Kaynak|Optical Recognition of Handwritten Digits|Annals of Eugenics|Street, Breast Cancer"
    r"|The American Statistician"
)


class Page(HTMLParser):
    """The language of a page, and its text in Chinese."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        is_read = self._is_read() and tag not in NOT_READ and given.get("lang", "zh").startswith("zh")
        if is_read:
            self.said += [given[name] for name in SAID if given.get(name)]
            self.said += [value for name, value in given.items() if name.startswith("data-") and " " in value]
        if tag not in VOID:
            self._open.append((tag, is_read))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_read():
            self.said.append(data)

    def _is_read(self) -> bool:
        return self._open[-1][1] if self._open else True


def english_of(page: Page) -> Iterator[str]:
    for text in page.said:
        found = (match[0] for match in ENGLISH.finditer(NAMES.sub("·", text)))
        yield from (words for words in found if WORD.search(words))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[worlds.World]:
    with django_db_blocker.unblock(), taken_back():
        yield worlds.build()


def _pages() -> list[Row]:
    return [row for row in ROWS if row.method == "GET" and not row.route.startswith("api-v1:")]


def _forms() -> list[Row]:
    return [row for row in ROWS if row.method == "POST" and not row.route.startswith("api-v1:")]


@pytest.mark.parametrize("row", _forms(), ids=str)
def test_a_form_is_refused_in_chinese(world, db, row) -> None:
    """Sends an empty form, and a filled one where the route table has it."""
    thing = world.things[row.thing]
    for role in ("visitor", "author"):
        for form in ({}, worlds.form_for(row.route, thing)):
            limiter.cache_clear()
            with taken_back():
                response = world.client(role).post(address(row.route, thing), form, follow=True, **CHINESE)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                assert list(english_of(Page(response.content.decode()))) == [], role


@pytest.mark.parametrize("row", _pages(), ids=str)
def test_a_page_is_chinese_for_who_reads_chinese(world, db, row) -> None:
    for role in ROLES:
        limiter.cache_clear()
        with taken_back():
            response = world.client(role).get(address(row.route, world.things[row.thing]), **CHINESE)
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = Page(response.content.decode())
        assert page.language in ("zh-Hans", ""), role  # a fragment has no language of its own
        assert list(english_of(page)) == [], role
