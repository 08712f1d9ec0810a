"""Every page of the route table as its readers get it: no English for a Chinese reader, and no id twice.

User content declares its own language and is skipped; so is code. Each page is made once, for both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest

from community.common.ratelimit.store import limiter
from tests.architecture import world as worlds
from tests.architecture.test_routes import ROWS, Row, address
from tests.architecture.world import ROLES, World
from tests.taken_back import taken_back

CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-CN,zh;q=0.9,en;q=0.5"}
READERS = ("visitor", "author", "moderator")
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


class Ids(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()
        self.called: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.found[values["id"]] += 1
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.called.update(values.get(name, "").split())


def twice(ids: Ids) -> list[str]:
    return [name for name, count in ids.found.items() if count > 1]


class Reading:
    """Reads pages of one world in Chinese, rolls back what that writes, and remembers them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.page = cache(self._page)

    def _page(self, role: str, route: str, thing: str) -> str | None:
        """Return the text of a page; None for what is no page."""
        limiter.cache_clear()
        with taken_back():
            response = self.world.client(role).get(address(route, self.world.things[thing]), **CHINESE)
        return text_of(response)


def text_of(response) -> str | None:
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return None
    return response.content.decode()


@pytest.fixture(scope="module")
def reading(django_db_setup, django_db_blocker) -> Iterator[Reading]:
    with django_db_blocker.unblock(), taken_back():
        yield Reading(worlds.build())


def readers_of(row: Row) -> list[str]:
    """Return the readers who see a page, and one for each way in which others are refused."""
    answers = dict(zip(ROLES, row.answers, strict=True))
    refused = {answers[role]: role for role in reversed(READERS) if answers[role] != "200"}
    return [role for role in READERS if answers[role] == "200" or role in refused.values()]


def _rows(method: str) -> list[Row]:
    return [row for row in ROWS if row.method == method and not row.route.startswith("api-v1:")]


@pytest.mark.parametrize("row", _rows("POST"), ids=str)
def test_a_form_is_refused_in_chinese(reading, db, row) -> None:
    """Sends an empty form, and a filled one where the route table has it."""
    thing = reading.world.things[row.thing]
    filled = worlds.form_for(row.route, thing)
    for role in ("visitor", "author"):
        for form in ({}, filled) if filled else ({},):
            limiter.cache_clear()
            with taken_back():
                path = address(row.route, thing)
                response = reading.world.client(role).post(path, form, follow=True, **CHINESE)
            if (text := text_of(response)) is not None:
                assert list(english_of(Page(text))) == [], role


@pytest.mark.parametrize("row", _rows("GET"), ids=str)
def test_a_page_is_chinese_for_who_reads_chinese(reading, db, row) -> None:
    for role in readers_of(row):
        text = reading.page(role, row.route, row.thing)
        if text is None:
            continue
        page = Page(text)
        assert page.language in ("zh-Hans", ""), role  # a fragment has no language of its own
        assert list(english_of(page)) == [], role


def test_no_id_stands_twice_and_none_is_called_in_vain(reading, db) -> None:
    found = {str(row): faults_of(reading, row) for row in ROWS if row.method == "GET" and row.answers[3] == "200"}
    assert {page: faults for page, faults in found.items() if faults} == {}


def faults_of(reading: Reading, row: Row) -> list[str]:
    text = reading.page("author", row.route, row.thing)
    ids = Ids(text or "")
    return [*twice(ids), *sorted(ids.called - set(ids.found))]


def test_a_form_for_a_comment_does_not_repeat_the_ids_of_its_page(reading, db) -> None:
    """An editor that a script inserts is in the page too."""
    client, things = reading.world.client("member"), reading.world.things
    page = client.get(address("forum:thread", things["thread"])).content.decode()
    alone = {"X-Requested-With": "fetch"}
    box = client.get(address("content:post-reply", things["post"]), headers=alone).content.decode()
    assert "<form" in box
    assert twice(Ids(page + box)) == []
