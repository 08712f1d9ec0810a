"""Sitemaps and robots.txt."""

import re

import pytest
from django.utils import timezone

from community.content.models import Kind
from tests.factories import QuestionFactory, ThreadFactory

pytestmark = pytest.mark.django_db


def addresses(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r"<loc>(.*?)</loc>", response.content.decode())


def test_the_map_leads_to_every_public_page_and_no_other(client):
    article = ThreadFactory(kind=Kind.ARTICLE, title="反向传播", slug="反向传播")
    question = QuestionFactory()
    question.tags.create(slug="xor", name="xor", thread_count=1)
    question.tags.create(slug="unused", name="unused")
    ThreadFactory(draft=True)
    ThreadFactory(hidden_at=timezone.now())
    ThreadFactory(deleted_at=timezone.now())
    files = addresses(client.get("/sitemap.xml"))
    found = [address for file in files for address in addresses(client.get(file.removeprefix("http://testserver")))]
    assert [address for address in found if "/t/" in address or re.search(r"/articles/\d", address)] == [
        f"http://testserver{article.get_absolute_url()}",
        f"http://testserver{question.get_absolute_url()}",
    ]
    assert "http://testserver/tags/xor/" in found and "http://testserver/tags/unused/" not in found
    assert {"http://testserver/", "http://testserver/questions/", "http://testserver/c/meta/"} <= set(found)
    assert all(address.isascii() for address in found)
    assert {client.get(address.removeprefix("http://testserver")).status_code for address in found} == {200}


def test_robots_are_told_where_the_map_is(client):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml\n" in text
    assert "Disallow: /search/\n" in text


def test_a_file_that_is_not_there_is_not_found(client):
    assert client.get("/sitemap-people.xml").status_code == 404
    assert client.get("/sitemap-threads.xml?p=9").status_code == 404
