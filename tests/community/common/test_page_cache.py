"""Kept pages: what is kept, for whom, how long, and what is sent."""

import asyncio
import gzip
import sys
import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import DatabaseError, InterfaceError
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.http import http_date
from django.utils.safestring import SafeString

from community.accounts.models import LossForm, Vectors
from community.common import page_cache
from community.common.changes import watched_tables
from community.common.changes.log import CHANGES
from community.common.middleware import preferences
from community.common.page_cache import answers, keys
from community.common.page_cache.recording import UNKNOWN, tables_of
from community.common.page_cache.renewable import Renewable, located, put_in
from community.common.page_cache.shortcut import kept_answer
from community.common.page_cache.store import Store, keep
from community.content.models import Category, Post, Thread
from tests.factories import PersonFactory, QuestionFactory
from tests.factories.people import PASSWORD
from tests.kept_pages import kept_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(db):
    return QuestionFactory(title="Why does it diverge?")


@pytest.fixture(autouse=True)
def pages(thread):
    with kept_pages():
        yield answers.STORE


@pytest.fixture
def made(monkeypatch):
    """Count the pages that are made, by address."""
    from community.common.middleware.page_cache import PageCache

    found, make = [], PageCache._made

    def counted(self, request, key):
        found.append(request.get_full_path())
        return make(self, request, key)

    monkeypatch.setattr(PageCache, "_made", counted)
    return found


def read(address: str, **headers: str):
    return Client().get(address, headers=headers)


class TestWhatIsKept:
    def test_a_page_is_made_once_for_all_visitors(self, thread, made):
        first, second = read(thread.get_absolute_url()), read(thread.get_absolute_url())
        assert first.content == second.content
        assert "Why does it diverge?" in first.content.decode()
        assert len(made) == 1

    def test_it_costs_one_small_query(self, thread, django_assert_num_queries):
        read("/latest/")
        with django_assert_num_queries(1):
            read("/latest/")

    @pytest.mark.parametrize("address", ["/search/?q=diverge", "/accounts/login/", "/nothing/", "/healthz"])
    def test_other_addresses_are_not(self, pages, address):
        read(address)
        assert len(pages) == 0

    def test_a_redirect_is_not(self, pages, thread):
        assert read(f"/t/{thread.pk}/wrong/").status_code == 302
        assert len(pages) == 0

    @pytest.mark.parametrize(
        "headers",
        [{"X-Requested-With": "fetch"}, {"Authorization": "Bearer x"}, {"Cookie": "sessionid=abc"},
         {"Cookie": "messages=abc"}, {"Cookie": "runs=abc"}, {"Cookie": "unknown=1"}],
    )  # fmt: skip
    def test_a_reader_who_may_see_more_gets_no_kept_page(self, thread, made, headers):
        read(thread.get_absolute_url())
        Client().get(thread.get_absolute_url(), headers=headers)
        assert len(made) == 1
        assert len(answers.STORE) == 1

    def test_a_member_reads_and_leaves_nothing(self, pages, thread, signed_in):
        page = signed_in(PersonFactory(handle="emmy")).get(thread.get_absolute_url())
        assert "emmy" in page.content.decode()
        assert len(pages) == 0
        assert "emmy" not in read(thread.get_absolute_url()).content.decode()

    def test_a_page_that_reads_what_nobody_watches_is_not(self, pages, thread, monkeypatch):
        from community.common.page_cache import recording

        monkeypatch.setattr(recording, "watched_tables", lambda: frozenset({"content_thread"}))
        read(thread.get_absolute_url())
        assert len(pages) == 0

    def test_a_page_during_which_something_changed_is_not_sent_again(self, thread, made, monkeypatch):
        """A reply arrives after its queries and before the page is kept."""
        from community.forum.views import thread as view

        render = view.render_thread

        def late(*args, **kwargs):
            response = render(*args, **kwargs)
            Thread.objects.filter(pk=thread.pk).update(title="Changed meanwhile")
            return response

        monkeypatch.setattr(view, "render_thread", late)
        assert "Why does it diverge?" in read(thread.get_absolute_url()).content.decode()
        monkeypatch.setattr(view, "render_thread", render)
        assert "Changed meanwhile" in read(thread.get_absolute_url()).content.decode()


class TestChoices:
    def test_each_language_theme_and_time_zone_has_its_own(self, thread, made):
        cookies = ["", "language=zh-hans", "theme=dark", "time_zone=Asia/Shanghai"]
        pages = [read(thread.get_absolute_url(), Cookie=cookie).content.decode() for cookie in cookies]
        assert len(set(pages)) == len(made) == 4
        assert "登录" in pages[1] and 'data-theme="dark"' in pages[2]
        assert "登录" in read(thread.get_absolute_url(), **{"Accept-Language": "zh-CN"}).content.decode()
        assert len(made) == 4

    @pytest.mark.parametrize(
        "cookie",
        ["theme=none", "time_zone=Mars/Base", "time_zone=../../etc", "language=xx", "vectors=diagonal", "loss_form=-1"],
    )
    def test_an_invalid_choice_is_the_default(self, thread, made, cookie):
        read(thread.get_absolute_url())
        assert read(thread.get_absolute_url(), Cookie=cookie).status_code == 200
        assert len(made) == 1

    def test_notations_are_those_of_accounts(self):
        assert tuple(Vectors.values) == preferences.VECTORS and tuple(LossForm.values) == preferences.LOSS_FORMS
        for name, value in [("vectors", "rows"), ("loss_form", "half")]:
            assert keys.choices({name: value}, "") != keys.choices({}, "")

    def test_a_very_long_header_is_no_key(self):
        assert keys.choices({"theme": "x" * 101}, "") is None
        assert keys.choices({}, "en," * 500) is None


class TestQueries:
    def test_parameters_that_a_view_does_not_read_are_dropped(self, pages, made):
        read("/latest/?order=top")
        for number in range(20):
            page = read(f"/latest/?utm_source={number}&order=top&order=top").content.decode()
            assert "utm_source" not in page
        assert made == ["/latest/?order=top"]

    def test_a_flood_of_addresses_displaces_nothing_that_is_read(self, made):
        answers.STORE.resize(300_000)
        read("/latest/")
        read("/latest/")
        for number in range(150):
            read(f"/latest/?kind={number}")
        assert answers.STORE.bytes <= 300_000
        before = len(made)
        read("/latest/")
        assert len(made) == before

    def test_a_view_that_reads_more_shares_its_bare_page(self, made):
        read("/playground/")
        read("/playground/?preset=moons")
        assert made == ["/playground/"]


class TestAnswers:
    def test_a_reader_who_has_it_gets_304_until_it_changes(self, thread):
        first = read(thread.get_absolute_url())
        again = read(thread.get_absolute_url(), **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
        Thread.objects.filter(pk=thread.pk).update(title="Why does it converge?")
        changed = read(thread.get_absolute_url(), **{"If-None-Match": first["ETag"]})
        assert changed.status_code == 200
        assert changed["ETag"] != first["ETag"]

    def test_the_etag_of_another_reader_is_not_enough(self, thread, signed_in):
        visitor = read(thread.get_absolute_url())
        chinese = read(thread.get_absolute_url(), **{"Cookie": "language=zh-hans", "If-None-Match": visitor["ETag"]})
        assert chinese.status_code == 200
        member = signed_in(PersonFactory()).get(thread.get_absolute_url(), headers={"If-None-Match": visitor["ETag"]})
        assert member.status_code == 200

    @pytest.mark.parametrize("sent", ['W/"{}"', '"other", "{}"', '"{}-gz"', "*"])
    def test_forms_of_if_none_match(self, thread, sent):
        etag = read(thread.get_absolute_url())["ETag"].strip('"')
        assert read(thread.get_absolute_url(), **{"If-None-Match": sent.format(etag)}).status_code == 304

    def test_compressed_for_those_who_can_read_it(self, thread):
        plain = read(thread.get_absolute_url())
        packed = read(thread.get_absolute_url(), **{"Accept-Encoding": "br, gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert packed["ETag"] != plain["ETag"]
        assert "Content-Encoding" not in plain
        assert "Accept-Encoding" in plain["Vary"] and "Cookie" in plain["Vary"]

    def test_head_has_the_headers_and_no_body(self, thread):
        page = read(thread.get_absolute_url())
        head = Client().head(thread.get_absolute_url())
        assert head.content == b""
        assert {name: head[name] for name in ("ETag", "Content-Length")} == {
            "ETag": page["ETag"], "Content-Length": str(len(page.content)),
        }  # fmt: skip

    def test_a_feed_is_known_by_its_etag_and_by_no_date(self, thread):
        first = read("/feeds/site.atom")
        assert "Last-Modified" not in first
        assert read("/feeds/site.atom", **{"If-None-Match": first["ETag"]}).status_code == 304
        tomorrow = http_date(time.time() + 86_400)
        assert read("/feeds/site.atom", **{"If-Modified-Since": tomorrow}).status_code == 200

    def test_a_feed_is_right_within_a_second(self, thread, settings):
        settings.PAGE_CACHE_SECONDS = 0
        first = read("/feeds/site.atom")
        assert "Why does it diverge?" in first.content.decode()
        type(thread).objects.update(hidden_at=timezone.now())
        again = read("/feeds/site.atom", **{"If-None-Match": first["ETag"]})
        assert again.status_code == 200 and "Why does it diverge?" not in again.content.decode()

    @pytest.mark.parametrize(
        "refusing", ["gzip;q=0", "br, gzip; Q=0.000", "*;q=0", "gzip;q=0, *", "identity", "gzip;q=x"]
    )
    def test_not_compressed_for_those_who_refuse(self, thread, refusing):
        page = read(thread.get_absolute_url(), **{"Accept-Encoding": refusing})
        assert "Content-Encoding" not in page and b"</html>" in page.content

    @pytest.mark.parametrize("made_for", [f"csrftoken={'x' * 32}", f"theme=dark; csrftoken={'x' * 64}"])
    def test_the_cookie_of_forms_of_earlier_releases_is_no_reader(self, thread, made, made_for):
        others = made_for.partition("csrftoken")[0].strip("; ")
        read(thread.get_absolute_url(), **({"Cookie": others} if others else {}))
        read(thread.get_absolute_url(), Cookie=made_for)
        assert len(made) == 1

    def test_who_has_signed_out_reads_kept_pages_again(self, client, thread, made):
        person = PersonFactory()
        client.post("/accounts/login/", {"login": person.handle, "password": PASSWORD}, follow=True)
        client.post("/accounts/logout/")
        left = f"account={client.cookies['account'].value}"
        made.clear()
        first, second = read("/latest/", cookie=left), read("/latest/", cookie=left)
        assert first.content == second.content == read("/latest/").content and made == ["/latest/"]

    def test_headers_are_those_of_a_page_that_is_not_kept(self, thread, settings):
        first, second = read(thread.get_absolute_url()), read(thread.get_absolute_url())
        settings.PAGE_CACHE_BYTES = 0
        fresh = read(thread.get_absolute_url())
        own = {"X-Request-ID", "ETag"}
        for page in (first, second):
            assert {k: v for k, v in page.items() if k not in own} == {k: v for k, v in fresh.items() if k not in own}
        assert first["X-Request-ID"] != second["X-Request-ID"]


class TestRenewedParts:
    """The counts of categories beside a list change in its kept page."""

    def test_a_page_is_not_made_anew_for_them(self, thread, made):
        first = read("/latest/")
        for count in (7, 12_345, 8):
            Category.objects.filter(slug="meta").update(thread_count=count)
            renewed = read("/latest/")
            assert renewed["ETag"] != first["ETag"]
            assert int(renewed["Content-Length"]) == len(renewed.content)
            with override_settings(PAGE_CACHE_BYTES=0):
                assert renewed.content == Client().get("/latest/").content
        assert len(made) == 1

    def test_whoever_has_the_page_of_before_gets_the_new_one(self):
        first = read("/latest/")
        Category.objects.filter(slug="meta").update(thread_count=7)
        asked = {"If-None-Match": first["ETag"]}
        second = read("/latest/", **asked)
        assert second.status_code == 200
        assert read("/latest/", **{"If-None-Match": second["ETag"]}).status_code == 304

    def test_each_reader_has_them_in_their_language(self, made):
        for language in ("en", "zh-CN"):
            read("/latest/", **{"Accept-Language": language})
        Category.objects.update(thread_count=70_000)
        english, chinese = (read("/latest/", **{"Accept-Language": name}).content for name in ("en", "zh-CN"))
        assert len(made) == 2
        with override_settings(PAGE_CACHE_BYTES=0):
            assert english == Client().get("/latest/").content
            assert chinese == Client().get("/latest/", headers={"Accept-Language": "zh-CN"}).content
        assert "70,000" in english.decode()

    def test_another_name_is_seen_too(self, made):
        read("/latest/")
        Category.objects.filter(slug="meta").update(name="Renamed just now")
        assert "Renamed just now" in read("/latest/").content.decode()

    def test_what_else_changes_meanwhile_ends_the_page(self, thread, made):
        read("/latest/")
        Category.objects.filter(slug="meta").update(thread_count=7)
        Thread.objects.filter(pk=thread.pk).update(title="Changed", title_html="Changed")
        assert "Changed" in read("/latest/").content.decode()
        assert len(made) == 2

    @pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
    def test_the_view_is_asked_when_the_database_is_away(self, made, monkeypatch, error):
        read("/latest/")
        Category.objects.filter(slug="meta").update(thread_count=7)

        def away(page):
            raise error

        monkeypatch.setattr("community.common.page_cache.store.KeptPage.renewed", away)
        assert read("/latest/").status_code == 200
        assert len(made) == 2

    def test_a_part_that_is_there_twice_ends_the_page(self):
        part = Renewable(str, (), "en", b"<b>7</b>", frozenset({"a"}), 0, time.monotonic() + 60)
        assert located([part], b"<p><b>7</b></p>") == (replace(part, start=3),)
        assert located([part], b"<p><b>7</b></p><b>7</b>") is None
        assert located([part], b"<p></p>") is None

    def test_several_parts_are_put_in_their_places(self, pages):
        CHANGES.catch_up()
        old, until = CHANGES.reading - 1, time.monotonic() + 60
        first, second = (
            Renewable(lambda text: SafeString(text), (text,), "en", was, frozenset({UNKNOWN}), old, until)
            for text, was in (("<i>ten</i>", b"<i>1</i>"), ("<b></b>", b"<b>2</b>"))
        )
        CHANGES._last[UNKNOWN] = CHANGES.reading
        body = b"a<i>1</i>b<b>2</b>c"
        found = put_in(body, located([second, first], body) or ())
        assert found is not None
        assert found[0] == b"a<i>ten</i>b<b></b>c"
        assert [part.start for part in found[1]] == [1, 12]
        assert put_in(*found) == found


class TestWhatCannotBeRead:
    @pytest.mark.parametrize("query", ["a&" * 600, "&" * 600])
    def test_a_query_with_too_many_parts_is_refused_with_all_headers(self, pages, query):
        refused = read(f"/latest/?{query}")
        assert refused.status_code == 400
        assert "script-src" in refused["Content-Security-Policy"]
        assert len(pages) == 0

    def test_a_host_with_a_long_port_is_no_key(self, pages, settings):
        settings.ALLOWED_HOSTS = ["localhost"]
        assert read("/about/", Host="localhost:" + "0" * 300).status_code == 200
        assert len(pages) == 0


class TestTime:
    @pytest.mark.parametrize(
        ("age", "latest"),
        [
            (timedelta(minutes=4, seconds=50), 10.5 + 60),
            (timedelta(hours=4, minutes=58), 120.5 + 300),
            (timedelta(hours=23, minutes=58), 120.5),
            (timedelta(days=4, hours=23, minutes=58), 120.5),
        ],
    )
    def test_an_age_ends_a_page_soon_after_its_words_change(self, thread, monkeypatch, age, latest):
        Thread.objects.update(created_at=timezone.now() - age, last_post_at=timezone.now() - age)
        Post.objects.update(created_at=timezone.now() - age)
        read(thread.get_absolute_url())
        [page] = answers.STORE._probation.values()
        assert latest - 30 < page.ends_at - time.monotonic() <= latest
        monkeypatch.setattr(page, "ends_at", time.monotonic() - 1)
        assert answers.current(next(iter(answers.STORE._probation))) is None

    def test_the_log_is_read_again_when_its_seconds_are_over(self, thread, settings, monkeypatch):
        settings.PAGE_CACHE_SECONDS = 200
        CHANGES.catch_up()
        read(thread.get_absolute_url())
        Thread.objects.filter(pk=thread.pk).update(title="Renamed")
        assert "Renamed" not in read(thread.get_absolute_url()).content.decode()
        monkeypatch.setattr(CHANGES, "_read_at", CHANGES._read_at - 201)
        assert "Renamed" in read(thread.get_absolute_url()).content.decode()

    def test_nothing_is_kept_without_time(self, pages, monkeypatch):
        page_cache_views = __import__("community.pages.views", fromlist=["about"])
        render = page_cache_views.render
        monkeypatch.setattr(page_cache_views, "render", lambda *a, **k: page_cache.expires_in(0) or render(*a, **k))
        read("/about/")
        assert len(pages) == 0


class TestWithoutTheDatabase:
    @pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
    def test_the_refusal_of_the_page_is_sent(self, thread, monkeypatch, error):
        read("/about/")

        def away(*args):
            raise error("gone")

        monkeypatch.setattr(CHANGES, "catch_up", away)
        assert read("/about/").status_code == 200


class TestStore:
    def page(self, size: int = 100):
        return keep([("A", "b")], bytes(range(256)) * size, frozenset(), 0, 60)

    def test_it_is_bounded_in_bytes(self):
        store = Store(40_000)
        for number in range(100):
            store.put(number, self.page())
            store.get(number)
        assert 10 < len(store) < 30
        assert store.bytes <= 40_000

    def test_what_was_asked_for_twice_outlives_what_was_not(self):
        store = Store(40_000)
        store.put("read", self.page())
        store.get("read")
        for number in range(1000):
            store.put(number, self.page())
        assert store.get("read") is not None

    def test_its_address_and_the_names_of_what_it_depends_on_count(self):
        def size(key: str, topics: frozenset[str]) -> int:
            return keep([], b"", topics, 0, 60, key=("https", "a.example", key)).size

        bare = size("/", frozenset())
        assert size("/" + "字" * 1_000, frozenset()) >= bare + sys.getsizeof("字" * 1_000)
        days = frozenset(f"latest:2026-11-{day:02}" for day in range(1, 31))
        assert size("/", days) >= bare + sys.getsizeof(days) + sum(map(sys.getsizeof, days))

    def test_a_page_larger_than_the_store_is_not_kept(self):
        store = Store(1000)
        store.put("large", self.page())
        assert store.get("large") is None


class TestShortcut:
    """The ASGI application answers as the middleware does, or leaves it to Django."""

    def scope(self, address: str, method: str = "GET", **headers: str):
        where, _mark, query = address.partition("?")
        headers = {"host": "testserver"} | headers
        sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        return {
            "type": "http", "method": method, "path": unquote(where), "query_string": query.encode(), "headers": sent,
            "scheme": "http",
        }  # fmt: skip

    @pytest.fixture(autouse=True)
    def now(self, settings):
        settings.PAGE_CACHE_SECONDS = 60
        CHANGES.catch_up()

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"accept_encoding": "gzip"},
            {"accept_encoding": "gzip;q=0"},
            {"cookie": f"theme=dark; csrftoken={'x' * 32}"},
        ],
    )
    def test_the_same_status_headers_and_body(self, thread, headers):
        address = thread.get_absolute_url()
        as_sent = {name.replace("_", "-"): value for name, value in headers.items()}
        page = read(address, **as_sent)
        status, told, body = kept_answer(self.scope(address, **headers))
        found = {name.decode(): value.decode() for name, value in told}
        assert (status, body) == (200, page.content)
        assert found.pop("x-request-id")
        assert found == {name.lower(): value for name, value in page.items() if name != "X-Request-ID"}
        etag = found["etag"]
        status, _told, body = kept_answer(self.scope(address, if_none_match=etag, **headers))
        assert (status, body) == (304, b"")
        assert kept_answer(self.scope(address, "HEAD", **headers))[2] == b""

    @pytest.mark.parametrize(
        "headers",
        [
            {"cookie": "sessionid=x"},
            {"authorization": "Bearer x"},
            {"x_requested_with": "fetch"},
            {"host": "evil.example"},
        ],
    )
    def test_everything_else_is_left_to_django(self, thread, headers):
        read(thread.get_absolute_url())
        assert kept_answer(self.scope(thread.get_absolute_url())) is not None
        assert kept_answer(self.scope(thread.get_absolute_url(), **headers)) is None
        assert kept_answer(self.scope(thread.get_absolute_url(), "POST")) is None
        assert kept_answer(self.scope(thread.get_absolute_url() + "?order=new")) is None

    def test_a_header_sent_twice_is_left_to_django(self, thread):
        read(thread.get_absolute_url())
        scope = self.scope(thread.get_absolute_url())
        scope["headers"].append((b"host", b"evil.example"))
        assert kept_answer(scope) is None

    def test_not_before_the_log_is_read(self, thread, settings):
        read(thread.get_absolute_url())
        settings.PAGE_CACHE_SECONDS = -1
        assert kept_answer(self.scope(thread.get_absolute_url())) is None

    def test_the_application_sends_it(self, thread, monkeypatch):
        monkeypatch.setattr(sys, "setswitchinterval", lambda _: None)  # other tests race at the usual one
        from community.asgi import application

        page = read(thread.get_absolute_url())
        sent = []

        async def send(message):
            sent.append(message)

        asyncio.run(application(self.scope(thread.get_absolute_url()), None, send))
        assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
        assert sent[1]["body"] == page.content


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('SELECT 1 FROM "a" INNER JOIN "b" ON (TRUE) WHERE EXISTS(SELECT 1 FROM "c" U0)', {"a", "b", "c"}),
        ('SELECT EXTRACT(YEAR FROM "a"."at") FROM "a" WHERE "a"."x" IS DISTINCT FROM 1', {"a"}),
        ('SELECT COUNT(*) FROM (SELECT "a"."id" FROM "a" LIMIT 3) counted', {"a"}),
        ("SELECT 1 FROM a", {UNKNOWN}),
        ('SELECT 1 FROM "a" join b ON true', {"a", UNKNOWN}),
    ],
)
def test_the_tables_of_a_query(sql, tables):
    assert tables_of(sql) == tables
    assert UNKNOWN not in watched_tables()
