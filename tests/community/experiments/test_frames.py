"""The card of a run in a frame of another site, oEmbed, and what no such frame may do."""

import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from bpsandbox import api
from community.experiments.views.embed import OEMBED
from tests.factories import PersonFactory
from tests.factories.runs import RUNS, SEEN_BY_VISITORS, run_of
from tests.training import XOR

pytestmark = pytest.mark.django_db
PEOPLE = ("visitor", "owner", "other")


def browser(who, owner) -> Client:
    client = Client()
    if who != "visitor":
        client.force_login(owner if who == "owner" else PersonFactory())
    return client


def page_of(run) -> str:
    return f"http://testserver/runs/{run.spec.hash}/"


@pytest.fixture
def public(db):
    return run_of(PersonFactory(), "public")


@pytest.mark.parametrize("kind", RUNS)
def test_a_frame_shows_what_a_visitor_sees_whoever_asks(kind):
    owner = PersonFactory()
    run = run_of(owner, kind)
    for who in PEOPLE:
        client = browser(who, owner)
        frame, told = client.get(f"/embed/runs/{run.spec.hash}/"), client.get("/oembed", {"url": page_of(run)})
        absent = client.get(f"/embed/runs/{'0' * 32}/")
        if kind in SEEN_BY_VISITORS:
            assert (frame.status_code, told.status_code) == (200, 200), who
            assert '<svg class="curve' in frame.content.decode()
        else:
            assert (frame.status_code, told.status_code) == (404, 404), who
            assert frame.content == absent.content
            assert told.content == client.get("/oembed", {"url": f"http://testserver/runs/{'0' * 32}/"}).content
        assert not frame.cookies and not told.cookies


def test_only_the_frame_may_be_framed(public, client):
    address = f"/embed/runs/{public.spec.hash}/"
    for _visit in range(2):  # made, then kept
        frame = client.get(address)
        assert "X-Frame-Options" not in frame
        assert "frame-ancestors *" in frame["Content-Security-Policy"]
        assert "form-action 'none'" in frame["Content-Security-Policy"]
        assert frame["Cross-Origin-Resource-Policy"] == "cross-origin"
    missing = client.get(f"/embed/runs/{'0' * 32}/")
    assert "X-Frame-Options" not in missing and "frame-ancestors *" in missing["Content-Security-Policy"]
    others = ("/", f"/runs/{public.spec.hash}/", "/oembed", f"/runs/{public.spec.hash}/card/", "/embed/runs/", "/runs/")
    for other in others:
        answer = client.get(other)
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("who", PEOPLE)
def test_a_hostile_page_has_nothing_to_make_a_reader_press(who):
    owner = PersonFactory()
    run = run_of(owner, "public")
    page = browser(who, owner).get(f"/embed/runs/{run.spec.hash}/").content.decode()
    body = page[page.index("<body") :]
    assert not re.search(r"<(form|button|input|select|textarea|iframe|object|embed)\b", body)
    assert owner.handle not in page and "csrf" not in page
    links = re.findall(r"<a [^>]*>", body)
    assert links and all('target="_blank"' in link and 'rel="noopener"' in link for link in links)


def test_a_run_that_trains_is_followed_in_its_frame_and_drawn_without_script(client):
    made = api.submit(config_text=XOR, requester=PersonFactory(), visibility="unlisted")
    address = f"/embed/runs/{made.spec_hash}/?theme=dark"
    waiting = client.get(address).content.decode()
    assert f'data-card-url="{address}"' in waiting and f'data-events-url="/runs/{made.spec_hash}/events"' in waiting
    assert "<button" not in waiting and 'data-theme="dark"' in waiting


@pytest.mark.parametrize(
    ("query", "attributes"),
    [
        ("lang=zh-hans", 'lang="zh-Hans" data-theme="auto"'),
        ("lang=en&theme=light", 'lang="en" data-theme="light"'),
        ("lang=%22%3E%3Cscript%3E&theme=%22%3E%3Cscript%3E", 'lang="en" data-theme="auto"'),
    ],
)
def test_the_framing_page_chooses_language_and_theme(public, client, query, attributes):
    page = client.get(f"/embed/runs/{public.spec.hash}/?{query}").content.decode()
    assert f"<html {attributes}>" in page and "<script>" not in page


def test_the_run_page_offers_address_code_and_description(public, client):
    page = client.get(f"/runs/{public.spec.hash}/").content.decode()
    found = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)[1]
    told = client.get(found.replace("&amp;", "&").removeprefix("http://testserver"))
    assert told.status_code == 200 and told["Access-Control-Allow-Origin"] == "*"
    described = told.json()
    assert (described["type"], described["version"], described["width"]) == ("rich", "1.0", 720)
    assert f'src="http://testserver/embed/runs/{public.spec.hash}/"' in described["html"]
    code = re.search(r'<textarea[^>]*id="share-code"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1]
    assert code.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') == described["html"]


def test_the_run_page_tells_programs_their_address(public, client):
    page = client.get(f"/runs/{public.spec.hash}/").content.decode()
    address = re.search(r'<textarea[^>]*id="share-api"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1]
    assert client.get(address).json()["spec_hash"] == public.spec.hash


def test_a_private_run_is_not_offered(client):
    owner = PersonFactory()
    run = run_of(owner, "private")
    client.force_login(owner)
    page = client.get(f"/runs/{run.spec.hash}/").content.decode()
    assert "oembed" not in page and "share-code" not in page and "share-api" not in page and "og:title" not in page


def test_the_title_is_that_of_the_post(client):
    run = run_of(PersonFactory(), "in_a_post")
    attachment = run.spec.attachments.get()
    attachment.title = 'Tom & "Jerry" <b>'
    attachment.save()
    query = {"url": f"{page_of(run)}?post={attachment.target_id}"}
    described = client.get("/oembed", query).json()
    assert described["title"] == attachment.title
    assert (
        f"/?post={attachment.target_id}" in described["html"]
        and "Tom &amp; &quot;Jerry&quot; &lt;b&gt;" in described["html"]
    )
    tree = ElementTree.fromstring(client.get("/oembed", query | {"format": "xml"}).content)
    assert {child.tag: child.text for child in tree} == {name: str(value) for name, value in described.items()}


def test_the_frame_fits_what_the_asking_site_allows(public, client):
    def size(**query):
        told = client.get("/oembed", {"url": page_of(public), **query}).json()
        assert f'width="{told["width"]}" height="{told["height"]}"' in told["html"]
        return told["width"], told["height"]

    assert size() == (720, 640)
    assert size(maxwidth="500", maxheight="300") == (500, 300)
    assert size(maxwidth="1", maxheight="99999") == (240, 640)
    assert size(maxwidth="-5", maxheight="9" * 5000) == (720, 640)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("", 400),
        ("x" * 2_001, 400),
        ("http://evil.example/runs/HASH/", 404),
        ("//testserver/runs/HASH/", 404),
        ("javascript:alert(1)//testserver/runs/HASH/", 404),
        ("http://user@testserver/runs/HASH/", 404),
        ("http://testserver:99/runs/HASH/", 404),
        ("http://testserver/runs/HASH/cancel/", 404),
        ("http://testserver/runs/HASH/../../accounts/login/", 404),
        ("http://testserver/accounts/logout/", 404),
        ("http://[broken/runs/HASH/", 404),
        ("http://testserver/runs/" + "0" * 1_900, 404),
        ("http://testserver/runs/HASH/?post=" + "9" * 40, 200),
        ("http://testserver/runs/HASH/?post=1;drop&" + "a=1&" * 300, 200),
        ("http://testserver/runs/HASH/?post=\x00", 400),
        ("http://testserver/embed/runs/HASH/", 200),
        ("https://testserver/runs/HASH/#worked", 200),
    ],
)
def test_an_address_is_one_of_ours_or_refused(public, client, url, status):
    asked = url.replace("HASH", public.spec.hash).encode("utf-8", "replace").decode()
    answer = client.get("/oembed", {"url": asked})
    assert answer.status_code == status and len(answer.content) < 20_000
    assert b"evil.example" not in answer.content


def test_formats_methods_and_limits(public, client):
    query = {"url": page_of(public)}
    assert client.get("/oembed", query | {"format": "yaml"}).status_code == 501
    assert client.post("/oembed", query, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 405
    assert client.head(f"/embed/runs/{public.spec.hash}/").content == b""
    assert client.post(f"/embed/runs/{public.spec.hash}/", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 405
    OEMBED.clear("net:127.0.0.1")
    OEMBED.hit_key("net:127.0.0.1", cost=119)
    assert [client.get("/oembed", query).status_code for _try in range(2)] == [200, 429]


def test_the_frame_is_small(public, client):
    assert settings.SECURE_CSP["frame-ancestors"] != ["*"]
    assert len(client.get(f"/embed/runs/{public.spec.hash}/").content) < 24_000
