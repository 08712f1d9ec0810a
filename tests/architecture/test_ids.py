"""Unique ids on every page a member can open, with an inserted editor too."""

from collections import Counter
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.architecture.test_routes import ROWS, address, door  # noqa: F401 (a fixture)
from tests.taken_back import taken_back

pytestmark = pytest.mark.django_db
PAGES = sorted({(row.route, row.thing) for row in ROWS if row.method == "GET" and row.answers[3] == "200"})


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


def ids_of(response) -> Ids:
    return Ids(response.content.decode())


def twice(ids: Ids) -> list[str]:
    return [name for name, count in ids.found.items() if count > 1]


def test_no_id_stands_twice_and_none_is_called_in_vain(door):  # noqa: F811
    found = {(route, thing): faults_of(door, route, thing) for route, thing in PAGES}
    assert {page: faults for page, faults in found.items() if faults} == {}


def faults_of(door, route, thing) -> list[str]:  # noqa: F811
    with taken_back():
        response = door.world.client("author").get(address(route, door.world.things[thing]))
    if response.streaming or not response.headers["Content-Type"].startswith("text/html"):
        return []
    ids = ids_of(response)
    return [*twice(ids), *sorted(ids.called - set(ids.found))]


def test_a_form_for_a_comment_does_not_repeat_the_ids_of_its_page(door):  # noqa: F811
    client: Client = door.world.client("member")
    things = door.world.things
    page = client.get(address("forum:thread", things["thread"])).content.decode()
    alone = {"X-Requested-With": "fetch"}
    box = client.get(address("content:post-reply", things["post"]), headers=alone).content.decode()
    assert "<form" in box
    assert twice(Ids(page + box)) == []
