"""Queries and bytes of every page type, at a dozen posts and at a thousand: no growth, and within the budget.

In the full run there are also ten thousand.

`pytest tests/architecture/test_budgets.py -rP` prints the table; with CHAINRULE_BUDGETS set that of the ten
thousand is also written to var/budgets.json.
"""

import gzip
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache as server_cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.common import bundles
from community.common.ratelimit.store import limiter
from community.launch.paths import ROOT
from tests.architecture import crowd as crowds
from tests.taken_back import taken_back

pytestmark = pytest.mark.django_db

OFFSET = re.compile(r"\bOFFSET\s+[1-9]", re.IGNORECASE)
KB = 1024
PAGE_BYTES, SCRIPT_BYTES = 110 * KB, 36 * KB
THREAD, LIST, OWN = (6, 10), (8, 11), 5
# Page and maximum queries, for a visitor and for a signed-in member.
BUDGETS = {
    "home": LIST,
    "latest": LIST,
    "latest, best first": LIST,
    "unanswered": LIST,
    "questions": LIST,
    "discussions": LIST,
    "category": (9, 12),  # its tree with counts beside the page, and for a visitor without
    "tag": (8, 12),  # what is within it, and its synonyms
    "tags": LIST,
    "thread of 20": THREAD,
    "long thread": THREAD,
    "discussion": THREAD,
    "articles": LIST,
    "articles, best first": LIST,
    "article": LIST,
    "notes": LIST,
    "notes, best first": LIST,
    "note": LIST,
    "runs": LIST,
    "run": LIST,
    "comparison": LIST,
    "data sets": LIST,
    "data set": LIST,
    "config language": LIST,
    "profile": (8, 12),  # what its owner pinned, the best answers, the calendar
    "answers of a profile": LIST,
    "search": LIST,
}
# A word in more texts than are ranked is also looked for in titles, among people and tags, and first in a sample, or on
# SQLite without ranks. A long thread has a timeline.
MORE_FOR_MANY = {"search": 4, "discussion": 1, "article": 1, "note": 1}
OWN_PAGES = {
    "notifications": ("/notifications/", OWN),
    "bookmarks": ("/bookmarks/", OWN + 3),  # their lists, what is unread, and how much was read
    "reading lists": ("/lists/", OWN),
    "saved searches": ("/search/saved/", OWN),
    "what one follows": ("/following/", 12),  # targets of each kind, what is unread
    "followed people": ("/following/?kind=person", 12),  # and people to follow
    "for you": ("/?order=for-you", OWN + 12),  # what brings each row, and what is beyond
    "unanswered in own tags": ("/?order=your-tags", OWN + 6),
    "drafts": ("/drafts/", OWN),
    "invite": ("/questions/{twenty}/invite/", OWN + 6),
    "suggested edits": ("/suggestions/", OWN),
    "votes on questions": ("/proposals/", OWN),
    "editor": ("/write/?kind=question", OWN),
    "settings": ("/settings/", OWN),
}


class Scales:
    """Measures pages, each as one request of a returning browser, without server caches."""

    def __init__(self, crowd: crowds.Crowd) -> None:
        self.crowd = crowd
        self.visitor, self.member = Client(), Client()
        self.member.force_login(crowd.reader)
        self.sizes: dict[str, dict[str, int]] = {}

    def weigh(self, path: str, client: Client) -> dict[str, int]:
        limiter.cache_clear()
        server_cache.clear()  # an entry that expires in between would count for one of two measurements
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200, path
        assert [query["sql"] for query in queries if OFFSET.search(query["sql"])] == []
        page = gzip.decompress(response.content)
        sizes = {"queries": len(queries), "html": len(response.content), "uncompressed": len(page)}
        return sizes | _linked(page.decode())

    def all_pages(self) -> dict[str, dict[str, int]]:
        pages = {f"{name}, visitor": self.weigh(path, self.visitor) for name, path in self.crowd.paths.items()}
        pages |= {f"{name}, member": self.weigh(path, self.member) for name, path in self.crowd.paths.items()}
        return pages | {
            f"{name}, member": self.weigh(path.format(twenty=self.crowd.twenty.pk), self.member)
            for name, (path, _most) in OWN_PAGES.items()
        }


@pytest.fixture(
    scope="module", params=[crowds.THOUSAND, pytest.param(crowds.TEN_THOUSAND, marks=pytest.mark.full)], ids=str
)
def weighed(request, django_db_setup, django_db_blocker) -> Iterator[dict]:
    """Every page's numbers, `few` and `many`, and those of the last posts of a long thread."""
    size = request.param
    with django_db_blocker.unblock(), taken_back():
        scales = Scales(crowds.settle())
        scales.all_pages()  # fills per-process caches
        few = scales.all_pages()
        scales.crowd.grow(size)
        many = scales.all_pages()
        far = scales.crowd.big.get_absolute_url() + f"{size.posts - 10}/"
        many["tenth post from the end, member"] = scales.weigh(far, scales.member)
        in_discussion = scales.crowd.others["discussion"].get_absolute_url() + f"{size.comments - 10}/"
        many["tenth comment from the end, member"] = scales.weigh(in_discussion, scales.member)
        if os.environ.get("CHAINRULE_BUDGETS") and size == crowds.TEN_THOUSAND:
            _write_down(few, many, _milliseconds(scales, far))
        yield {"few": few, "many": many}


PAGES = {
    f"{name}, {who}": most
    for name, both in BUDGETS.items()
    for who, most in zip(("visitor", "member"), both, strict=True)
}
PAGES |= {f"{name}, member": most for name, (_path, most) in OWN_PAGES.items()}


def test_every_page_has_a_budget(weighed) -> None:
    assert weighed["few"].keys() == PAGES.keys()


@pytest.mark.parametrize(("name", "most"), PAGES.items())
def test_queries_are_within_the_budget_and_do_not_grow(weighed, name, most) -> None:
    few, many = weighed["few"][name]["queries"], weighed["many"][name]["queries"]
    print(f"{name}: {few} queries, {many} at many posts")
    assert few <= most
    assert many <= few + MORE_FOR_MANY.get(name.partition(",")[0], 0)


@pytest.mark.parametrize(
    ("far", "first"),
    [("tenth post from the end", "long thread"), ("tenth comment from the end", "discussion")],
)
def test_the_last_posts_of_a_long_thread_cost_what_the_first_do(weighed, far, first) -> None:
    queries = weighed["many"][f"{far}, member"]["queries"]
    found = 4  # to find the post, and its page by the keys of two ranges of the index
    assert queries <= THREAD[1] + found
    assert queries <= weighed["many"][f"{first}, member"]["queries"] + found


@pytest.mark.parametrize("name", PAGES)
def test_bytes_of_a_first_visit_are_within_the_budget(weighed, name) -> None:
    for size in ("few", "many"):
        found = weighed[size][name]
        total = found["html"] + found["css"] + found["script"]
        print(f"{name} ({size}): {found['html']} html + {found['css']} css + {found['script']} script = {total} bytes")
        assert found["script"] <= SCRIPT_BYTES
        assert total <= PAGE_BYTES


def _linked(html: str) -> dict[str, int]:
    """Return compressed sizes of styles and scripts, with the bundles that what is on the page asks for."""
    asked = {name for name, attributes in _on_demand().items() if any(each in html for each in attributes)}
    styles = re.findall(r'<link rel="stylesheet" href="/static/([^"?]+)', html)
    scripts = re.findall(r'<script[^>]+src="/static/([^"?]+)', html)
    return {
        "css": sum(sum(_compressed(name, bundles.styles).values()) for name in styles),
        "script": sum(
            size
            for name in scripts
            for file, size in _compressed(name, bundles.scripts).items()
            if file == Path(name).name or file in asked
        ),
    }


@cache
def _on_demand() -> dict[str, list[str]]:
    """Return the bundles that main.js asks for when one of their attributes is on the page."""
    text = Path(finders.find("community/js/main.js")).read_text()
    helpers = dict(re.findall(r'const (\w+) = \(name\) => import\("\./(\w+\.js)"\)', text))
    found: dict[str, list[str]] = {}
    for selector, asked in re.findall(r'^  \["([^"]+)", \(\) => (\w+\("[^"]+"\))', text, re.M):
        call, file = re.match(r'(\w+)\("(?:\./)?([\w.]+)"', asked).groups()
        found.setdefault(helpers.get(call, file), []).extend(re.findall(r"data-[\w-]+", selector))
    assert found.keys() >= {"editor.js", "sandbox.js", "run_page.js", "playground_page.js"}
    return found


@cache
def _compressed(name: str, bundle: Callable) -> dict[str, int]:
    entry = Path(finders.find(name))
    files, _sources = bundle(entry.name, lambda source: (entry.parent / source).read_text())
    return {file: len(gzip.compress(text.encode(), 9)) for file, text in files.items()}


def test_bytes_of_the_playground_are_within_its_budget(client) -> None:
    """Its controls, its completion, the card of a run, pictures that are read: 40 KB of script, unlike other pages."""
    html = client.get("/playground/").content.decode()
    found = _linked(html) | {"html": len(gzip.compress(html.encode(), 9))}
    print(f"playground: {found['html']} html + {found['css']} css + {found['script']} script bytes")
    assert found["script"] <= 40 * KB
    assert sum(found.values()) <= 100 * KB


def _milliseconds(scales: Scales, far: str) -> dict[str, float]:
    """Time the first page of a long thread and a late one: for the table, never to fail a test."""
    found = {}
    for name, path in {"long thread": scales.crowd.paths["long thread"], "post 9,990 of 10,000": far}.items():
        times = []
        for _ in range(5):
            began = time.perf_counter()
            scales.member.get(path)
            times.append((time.perf_counter() - began) * 1000)
        found[name] = round(min(times), 1)
    return found


def _write_down(few: dict, many: dict, milliseconds: dict[str, float]) -> None:
    pages = {name: {"few": few.get(name), "many": numbers} for name, numbers in many.items()}
    (ROOT / "var").mkdir(exist_ok=True)
    report = {"database": connection.vendor, "pages": pages, "milliseconds": milliseconds}
    (ROOT / "var" / "budgets.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
