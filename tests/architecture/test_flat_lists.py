"""Every list costs what a page costs: on its first page, far inside, and backwards, at tens of thousands of rows.

A case is a page as its reader opens it; its real queries are measured while they run (tests/architecture/rows_read.py).
A caller of `keyset_page` without a case fails, and so does a page that nobody has said to be a list or not. At each
commit a list has one case, and each choice one; other kinds, periods, tags and readers are for the full run.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import resolve, reverse

from community.common import pagination
from community.common.ratelimit.store import limiter
from community.content.models import Period, Post, Thread
from community.launch.paths import ROOT
from community.notifications.models import Notification
from tests.architecture import bulk as bulks
from tests.architecture import rows_read
from tests.taken_back import taken_back

pytestmark = pytest.mark.django_db

# However many rows there are, a query reads and sorts at most so many (PostgreSQL), or takes so many steps (SQLite).
MOST_READ, MOST_SORTED, MOST_STEPS = 1_200, 400, 60_000
COMMENTS_COUNTED = 12
FAR_INSIDE = 3_000
PREPARED_PAGE = pagination.PreparedList.keyset_page
VISITOR, MEMBER, STAFF, QUIET = None, bulks.READER, bulks.MODERATOR, bulks.QUIET
# These show one thing, or what one person chose, or files; search has bounds and tests of its own.
NOT_LISTS = """
account_change_password account_confirm_email account_email account_email_verification_sent account_inactive
account_login account_logout account_reauthenticate account_reset_password account_reset_password_done
account_reset_password_from_key account_reset_password_from_key_done account_set_password account_signup
accounts:avatar accounts:settings api-v1:api-root api-v1:me api-v1:openapi-json api-v1:openapi-view api-v1:post_detail
api-v1:run_card api-v1:run_citation api-v1:run_config api-v1:run_curve api-v1:run_detail
api-v1:run_events api-v1:run_file
api-v1:drafts api-v1:proposal_detail api-v1:proposal_list api-v1:suggestion_detail api-v1:suggestion_list
api-v1:run_list api-v1:run_picture api-v1:run_result api-v1:run_series api-v1:run_twin api-v1:run_worked_md
api-v1:run_worked_tex api-v1:search
api-v1:thread_detail api:tokens blogs:article blogs:article-short blogs:edit blogs:note blogs:note-write
blogs:preview-link blogs:write content:ask content:draft-saved content:jump content:link-preview content:news
content:news-events content:post-edit content:post-history content:post-quote content:post-reply content:read
content:related content:reply content:similar content:write experiments:archive experiments:beside experiments:card
experiments:card-png experiments:citation experiments:compare experiments:compare-chosen experiments:compare-curve
experiments:config experiments:config-file experiments:config-schema experiments:config-section experiments:curve
experiments:curves experiments:dataset experiments:dataset-csv experiments:datasets experiments:embed
experiments:events experiments:family experiments:file experiments:terms api-v1:run_family api-v1:run_pictures
api-v1:run_posts api-v1:run_worked_json
experiments:fork experiments:oembed experiments:picture experiments:playground experiments:presets experiments:result
experiments:run experiments:series experiments:snapshot experiments:stage experiments:twin experiments:worked
experiments:worked-md experiments:worked-tex forum:thread-short media:asset media:smaller-asset media:upload
moderation:own-report
moderation:report notifications:events notifications:push-worker notifications:settings notifications:unsubscribe
pages:about pages:font pages:healthz pages:readyz pages:robots pages:shortcuts search:results search:suggest
social:bookmark-note
lists:choose lists:delete lists:edit forum:invite forum:tag-edit review:suggest review:suggestion review:improve
review:next review:proposals-of review:duplicate review:hold review:community saved:searches social:mark
forum:post-proof
accounts:kept-form blogs:series blogs:series-choose blogs:series-delete blogs:series-edit blogs:series-of
"""
ORDERS = ("latest", "new", "top", "unanswered")
SLOW = resolve("/notifications/").view_name  # to find a row far inside takes seconds


@dataclass(frozen=True)
class Case:
    """A list as one reader opens it. `most` multiplies what its queries may read.

    A tag with as many within as there may be has a part of 26 rows for each, in the best of a year times four, among
    the unread times five.
    """

    name: str
    path: str
    reader: int | None = VISITOR
    most: int = 1


def lists_of_threads(bulk: bulks.Bulk) -> Iterator[Case]:
    tags = bulk.named_tags()
    for order in ORDERS:
        yield Case(f"front page, {order}", f"/?order={order}", MEMBER)
        yield Case(f"latest, {order}", f"/latest/?order={order}")
        for kind in ("article", "note"):
            yield Case(f"latest {kind}, {order}", f"/latest/?kind={kind}&order={order}")
        yield Case(f"questions, {order}", f"/questions/?order={order}")
        for category in (bulk.parent, bulk.old):
            yield Case(f"category {category.slug}, {order}", f"{category.get_absolute_url()}?order={order}")
        for name, tag in tags.items():
            yield Case(f"{name} tag, {order}", f"{tag.get_absolute_url()}?order={order}")
        yield from lists_of_programs(bulk, order)
    for path in ("/latest/", "/questions/", bulk.parent.get_absolute_url(), "/articles/", "/notes/"):
        for period in Period.values:
            yield Case(f"{path}, {period}", f"{path}?order=top&period={period}")
    for name, tag in tags.items():
        for period in Period.values:
            address = f"{tag.get_absolute_url()}?order=top&period={period}"
            yield Case(f"{name} tag, {period}", address, most=4 if name == "wide" else 1)
    for order in ("new", "latest", "top"):
        yield Case(f"articles, {order}", f"/articles/?order={order}")
        yield Case(f"notes, {order}", f"/notes/?order={order}")


def lists_of_unread_threads(bulk: bulks.Bulk) -> Iterator[Case]:
    lists = ["/", "/latest/", "/latest/?kind=note", "/questions/", "/discussions/", "/articles/", "/notes/"]
    tags = bulk.named_tags()
    wide = tags["wide"].get_absolute_url()
    lists += [filed.get_absolute_url() for filed in (bulk.parent, bulk.old, *tags.values())]
    for path in lists:
        address = f"{path}{'&' if '?' in path else '?'}order=unread"
        yield Case(f"unread of {path}", address, MEMBER, most=4 if path == wide else 1)
    yield Case("latest, member", "/latest/", MEMBER)
    yield Case("profile, member", bulk.person(bulks.PROLIFIC).get_absolute_url(), MEMBER, most=16)


def lists_without_muted_people(bulk: bulks.Bulk) -> Iterator[Case]:
    """Two thirds of all rows are of people whom their reader does not meet."""
    yield Case("muted people", "/settings/people/", QUIET)
    lists = ["/", "/latest/", "/latest/?order=unread", "/articles/", "/notes/", "/runs/"]
    lists += [bulk.parent.get_absolute_url(), bulk.named_tags()["common"].get_absolute_url()]
    for path in lists:
        yield Case(f"{path} without muted people", path, QUIET)


def lists_of_programs(bulk: bulks.Bulk, order: str) -> Iterator[Case]:
    for wanted in ("", "kind=note", f"category={bulk.parent.slug}", "tag=tag-2", "author=bulk50"):
        yield Case(f"API {wanted}, {order}", f"/api/v1/threads?order={order}&{wanted}")


def pages_of_threads(bulk: bulks.Bulk) -> Iterator[Case]:
    """Cases with `most` show a post with a thousand comments, which are counted; everything else is bounded."""
    question, discussion = (Thread.objects.get(pk=pk) for pk in (bulk.long_question, bulk.long_discussion))
    busy = Post.objects.get(pk=bulk.busy_post).number
    for who, reader in (("visitor", VISITOR), ("member", MEMBER), ("staff", STAFF)):
        for name, thread, orders in (
            ("question", question, ("best", "oldest", "newest")),
            ("discussion", discussion, ("oldest", "newest")),
        ):
            for order in orders if reader != STAFF else orders[:1]:
                path = f"{thread.get_absolute_url()}?order={order}"
                yield Case(f"{name} {order}, {who}", path, reader, most=COMMENTS_COUNTED)
                far = f"{thread.get_absolute_url()}9990/?order={order}"
                yield Case(f"{name} {order}, post 9,990, {who}", far, reader)
        for name, thread in (("question", question), ("discussion", discussion)):
            yield Case(f"flat {name}, {who}", f"{thread.get_absolute_url()}?view=flat", reader)
            yield Case(f"flat {name}, post 9,990, {who}", f"{thread.get_absolute_url()}9990/?view=flat", reader)
            yield Case(f"best of {name}, {who}", f"{thread.get_absolute_url()}?view=best", reader)
        yield Case(f"busy branch, {who}", f"{discussion.get_absolute_url()}10990/", reader, most=COMMENTS_COUNTED)
        comments = reverse("content:comments", args=[discussion.pk, "-", busy])
        yield Case(f"comments, {who}", comments, reader)
    yield Case("API posts", f"/api/v1/threads/{question.pk}/posts")


def feeds(bulk: bulks.Bulk) -> Iterator[Case]:
    for name in ("site", "questions", "discussions", "articles", "notes"):
        yield Case(f"feed {name}", reverse(f"blogs:feed-{name}"))
    places = [("category", bulk.parent.slug), ("category", "old"), ("tag", "tag-1"), ("tag", "tag-2")]
    for kind, name in (*places, ("person", "bulk4"), ("thread", bulk.long_question), ("series", bulk.series)):
        yield Case(f"feed {kind} {name}", reverse(f"blogs:feed-{kind}", args=[name]))
    yield Case("sitemap", "/sitemap.xml")
    yield Case("sitemap threads", "/sitemap-threads.xml", most=5)  # a file has five thousand rows
    yield Case("sitemap threads, second", "/sitemap-threads.xml?p=2", most=5)


def lists_of_a_person(bulk: bulks.Bulk) -> Iterator[Case]:
    profile = bulk.person(bulks.PROLIFIC).get_absolute_url()
    for show in ("", "question", "answer", "comment", "discussion", "article", "note", "run"):
        yield Case(f"profile {show}", f"{profile}?show={show}", most=16)  # counts up to a thousand for each tab
    yield Case("profile of a star", bulk.person(bulks.STAR).get_absolute_url(), most=16)
    yield Case("feed of followed", "/", MEMBER)
    for show in ("", "unread", "to-you", "follows", "followers", "runs", "moderation"):
        yield Case(f"notifications {show}", f"/notifications/?show={show}", MEMBER)
    yield Case("unread", "/notifications/count/", MEMBER)
    yield Case("unread lines", "/notifications/count/?lines", MEMBER)
    newest = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield Case("new lines", f"/notifications/count/?since={newest}", MEMBER)
    yield Case("bookmarks", "/bookmarks/", MEMBER)
    yield Case("own reading lists", "/lists/", MEMBER)
    yield Case("a reading list", f"{bulk.person(bulks.READER).get_absolute_url()}lists/{bulk.reading_list}/", MEMBER)
    yield Case("reading lists of a person", f"{bulk.person(bulks.READER).get_absolute_url()}lists/")
    for path in ("/", "/latest/", "/questions/"):
        yield Case(f"unanswered in own tags, {path}", f"{path}?order=your-tags", MEMBER)
    yield Case("for you", "/?order=for-you", MEMBER)
    for kind in ("", "person", "thread"):
        yield Case(f"followed {kind}", f"/following/?kind={kind}", MEMBER)
    yield Case("followers of a star", f"{bulk.person(bulks.STAR).get_absolute_url()}followers/", MEMBER)
    yield Case("followed by a person", f"{bulk.person(bulks.READER).get_absolute_url()}following/")
    yield Case("drafts", "/drafts/", MEMBER)
    yield Case(
        "people whose handle begins so", f"/write/complete/?of=person&q=bulk&thread={bulk.long_question}", MEMBER
    )
    yield Case("people whose name has it", "/write/complete/?of=person&q=1", MEMBER)
    yield Case("tags that begin so", "/write/complete/?of=tag&q=o", MEMBER)
    yield Case("own runs", "/runs/?whose=mine", MEMBER)
    yield Case("runs", "/runs/")
    for query in ("data=xor", "optimizer=Adam", "data=xor&optimizer=Adam", "data=xor&loss=MSELoss&sort=loss"):
        yield Case(f"runs with {query}", f"/runs/?{query}")
    for query in ("sort=oldest", "sort=loss", "sort=parameters", "optimizer=Adam&sort=steps"):
        yield Case(f"runs by {query}", f"/runs/?{query}")
    yield Case("runs with nothing", "/runs/?finding=dead")
    yield Case("tags", "/tags/")
    yield Case("discussions", "/discussions/")
    yield Case("reported", reverse("moderation:queue"), STAFF)
    yield Case("hidden", reverse("moderation:hidden"), STAFF)
    for who, reader in (("staff", STAFF), ("member", MEMBER)):
        yield Case(f"suggested edits, {who}", "/suggestions/", reader)
        yield Case(f"own suggestions, {who}", "/suggestions/?whose=own", reader)
    yield Case("proposals", "/proposals/", MEMBER)
    yield Case("audit log", reverse("moderation:audit-log"), STAFF)


def cases(bulk: bulks.Bulk) -> Iterator[Case]:
    yield from lists_of_threads(bulk)
    yield from lists_of_unread_threads(bulk)
    yield from lists_without_muted_people(bulk)
    yield from pages_of_threads(bulk)
    yield from feeds(bulk)
    yield from lists_of_a_person(bulk)


def one_of_each(cases: Iterator[Case]) -> Iterator[Case]:
    """Yield the first case of each list, of each set of its parameters, and of each choice."""
    met = set[object]()
    for case in cases:
        if not (new := set(_choices(case))) <= met:
            met |= new
            yield case


def _choices(case: Case) -> Iterator[object]:
    path, _mark, query = case.path.partition("?")
    view, given = resolve(path).view_name, parse_qsl(query)
    yield view, frozenset(name for name, _value in given)
    for name, value in given:
        if value == "unread":
            yield view, value
        elif name in ("order", "view", "show") and view != SLOW:
            yield name, value


@dataclass
class Measured:
    """What the pages of all cases did. `callers` are the functions that asked for a page of a list."""

    too_much: dict[str, list[str]] = field(default_factory=dict)
    callers: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)


class Watch:
    """Opens each case's first page, then one far inside it, forwards and backwards."""

    def __init__(self, bulk: bulks.Bulk) -> None:
        self.clients = {who: Client() for who in (VISITOR, MEMBER, STAFF, QUIET)}
        for who in (MEMBER, STAFF, QUIET):
            self.clients[who].force_login(bulk.person(who))
        self.found = Measured()
        self.known: dict[tuple, rows_read.Work] = {}
        self.asked: list[Callable[[], str | None]] = []

    def page(self, rows: QuerySet, **asked: Any) -> pagination.Page:
        """Stand in for `keyset_page`: note who asks for what."""
        self._note(sys._getframe(1))
        self.asked.append(lambda: _cursor_far_inside(rows, asked.get("parts") or (rows,), asked["order"]))
        return pagination.keyset_page(rows, **asked)

    def prepared_page(self, rows: pagination.PreparedList, **asked: Any) -> pagination.Page:
        """Stand in for the method of the same name. What is beside a list has no pages."""
        self._note(sys._getframe(2))
        given = {name: value for name, value in asked.items() if name not in ("request", "after", "before")}
        if asked != given:
            self.asked.append(lambda: _cursor_far_inside_prepared(rows, given))
        return PREPARED_PAGE(rows, **asked)

    def _note(self, frame: FrameType) -> None:
        self.found.callers.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_name}")

    def open(self, case: Case) -> None:
        self.found.routes.add(resolve(case.path.partition("?")[0]).view_name)
        self.measure(case, case.path)
        if not self.asked:
            return
        cursor = self.asked[-1]()
        if cursor is None:
            return
        names = ("cursor",) if case.path.startswith("/api/") else ("after", "before")
        for name in names:
            self.measure(case, f"{case.path}{'&' if '?' in case.path else '?'}{name}={cursor}")

    def measure(self, case: Case, path: str) -> None:
        limiter.cache_clear()
        self.asked.clear()
        with rows_read.watched(self.known) as works:
            response = self.clients[case.reader].get(path)
        assert response.status_code == 200, path
        wrong = [_complaint(work) for work in works if _is_too_much(work, case.most)]
        if wrong:
            self.found.too_much.setdefault(case.name, []).extend([path, *wrong])


def _is_too_much(work: rows_read.Work, most: int) -> bool:
    return work.read > most * MOST_READ or work.steps > most * MOST_STEPS or work.sorted > most * MOST_SORTED


def _complaint(work: rows_read.Work) -> str:
    return f"{work.read} read, {work.sorted} sorted, {work.steps} steps:\n{work.sql[-600:]}\n{work.plan}"


def _cursor_far_inside(rows: QuerySet, parts: Sequence[QuerySet], order: Sequence[str]) -> str | None:
    """Return the cursor of a row four fifths into the largest part."""
    count, part = max(((each.count(), each) for each in parts), key=lambda each: each[0])
    place = count * 4 // 5
    if place < 40:
        return None
    key = "pk" if part.model is rows.model else str(rows.model._meta.model_name)
    names = [*order[:-1], order[-1].replace("pk", key).replace("id", key)] if key != "pk" else order
    pk = part.order_by(*names).values_list(key, flat=True)[place]
    return pagination.make_cursor(rows.get(pk=pk), order)


def _cursor_far_inside_prepared(rows: pagination.PreparedList, given: dict[str, Any]) -> str | None:
    """Return the cursor of a row that far into the first thousands, of which the keys alone are read."""
    columns = [name.removeprefix("-") for name in rows.order]
    annotated = rows.rows.query.annotations.keys()
    source = rows.rows.select_related(None) if annotated & set(columns) else rows.rows.model._default_manager
    keys = source.only(*(name for name in columns if name not in annotated))
    many = pagination.PreparedList(keys, order=rows.order, size=FAR_INSIDE, parts=rows.parts)
    found = PREPARED_PAGE(many, **given).items
    return pagination.make_cursor(found[len(found) * 4 // 5], rows.order) if len(found) > 40 else None


def callers_of_pages() -> dict[str, ast.Module]:
    """Return the functions of the site that call `keyset_page`, by dotted name, and the modules that import it."""
    found = {}
    for path in sorted((ROOT / "community").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text())
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
            if "keyset_page" in {getattr(called, "id", getattr(called, "attr", "")) for called in calls}:
                found[f"{module}.{function.name}"] = module
    return found


@pytest.fixture(scope="module", params=[one_of_each, pytest.param(iter, marks=pytest.mark.full)], ids=["some", "all"])
def measured(request, django_db_setup, django_db_blocker) -> Iterator[Measured]:
    with django_db_blocker.unblock(), taken_back(), pytest.MonkeyPatch.context() as patch:
        bulk = bulks.build()
        watch = Watch(bulk)
        for module in set(callers_of_pages().values()):
            patch.setattr(importlib.import_module(module), "keyset_page", watch.page, raising=False)
        patch.setattr(pagination.PreparedList, "keyset_page", lambda rows, **asked: watch.prepared_page(rows, **asked))
        for case in request.param(cases(bulk)):
            watch.open(case)
        yield watch.found


def test_no_list_reads_more_than_pages(measured) -> None:
    for name, complaints in measured.too_much.items():
        print(f"{name}:", *complaints, sep="\n")
    assert measured.too_much == {}


def test_every_list_has_a_case(measured) -> None:
    assert callers_of_pages().keys() - measured.callers == set()


def test_every_page_is_a_list_with_a_case_or_shows_one_thing(measured) -> None:
    lines = (ROOT / "tests" / "architecture" / "routes.txt").read_text().splitlines()
    routes = {line.split()[1] for line in lines if line.startswith("GET")}
    in_both_formats = measured.routes | {f"{route}-rss" for route in measured.routes}
    assert routes - in_both_formats == set(NOT_LISTS.split())
