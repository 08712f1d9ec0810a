"""Data set pages."""

import re

import pytest
from django.test import Client

from bpsandbox import api
from community.experiments import playground

pytestmark = pytest.mark.django_db


def test_all_sets_are_listed_with_their_pictures(client: Client) -> None:
    page = client.get("/data/").content.decode()
    names = [card.name for _title, cards in api.data_shelves() for card in cards]
    assert re.findall(r'href="/data/(\w+)/"', page) == names
    assert page.count('class="data-picture"') == len(names) == 25
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


def test_a_set_has_a_page_with_card_config_and_fields(client: Client) -> None:
    page = client.get("/data/moons/").content.decode()
    card = api.data_card("moons")
    assert card.summary.hash in page
    assert "dataset: {name: moons}" in page
    assert 'href="/playground/?data=moons"' in page
    assert "Standard deviation of the noise." in page


def test_the_pages_speak_chinese(client: Client) -> None:
    page = client.get("/data/moons/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "两个互相嵌入的半月。" in page
    assert "类别" in page


def test_a_citation_keeps_its_language(client: Client) -> None:
    page = client.get("/data/adding/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert '<dd lang="en">S. Hochreiter, J. Schmidhuber, Neural Computation 9, 1997;' in page


def test_what_is_no_set_has_no_page(client: Client) -> None:
    assert client.get("/data/mnist/").status_code == 404


@pytest.mark.parametrize("name", ["spiral", "echo", "points"])
def test_the_playground_opens_with_a_set(client: Client, name: str) -> None:
    page = client.get(f"/playground/?data={name}")
    assert page.context["playground"].text == api.data_card(name).config
    assert 'name="robots" content="noindex"' in page.content.decode()


def test_the_playground_opens_as_ever_for_a_set_that_is_none(client: Client) -> None:
    assert client.get("/playground/?data=mnist").context["playground"].chosen == playground.FIRST


def test_a_run_shows_its_own_data(client: Client, trained) -> None:
    page = client.get(f"/runs/{trained()}/").content.decode()
    assert 'href="/data/xor/"' in page
    assert page.count('class="data-picture"') == 1
    assert api.data_card("xor").summary.hash in page
