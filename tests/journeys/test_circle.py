"""Somebody who follows forty people and mutes two of them: what they read, what they are told, and whom they do not
meet any more.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PASSWORD
from tests.waiting import eventually

pytestmark = pytest.mark.full

MANY = 40
ARRIVE = """
from community.accounts.models import User
from community.social.services import follow
User.objects.create_user("{reader}", "{reader}@example.org", "{password}")
hub = User.objects.create_user("{hub}", "{hub}@example.org")
for handle in {handles}:
    follow(follower=hub, person=User.objects.create_user(handle, f"{{handle}}@example.org"))
"""
WRITE = """
from community.accounts.models import User
from community.content.services import start_thread
for handle in {handles}:
    start_thread(author=User.objects.get(handle=handle), kind="note", source=f"{words} {{handle}}")
"""
WORDS = {"en": "Momentum helps, says", "zh": "动量有用，"}


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 360)])
def test_forty_people_and_two_muted(embedded_site, arrive, language, width):
    handles = [f"circle-{language}-{number:02d}" for number in range(MANY)]
    names = {"reader": f"reads-{language}", "hub": f"hub-{language}"}
    embedded_site.manage("shell", "-v", "0", "-c", ARRIVE.format(**names, password=PASSWORD, handles=handles))
    reader = arrive(embedded_site, language=language, width=width)
    reader.sign_in(names["reader"], PASSWORD)

    _follow_all(reader, names["hub"])
    _write(embedded_site, handles, WORDS[language])
    eventually(lambda: len(_feed(reader)) == MANY)
    assert _feed(reader) == handles[::-1]
    eventually(lambda: _bell(reader) == str(MANY))

    quiet, talking = [handles[3], handles[30]], handles[12]
    for handle in quiet:
        _mute(reader, handle)
    assert _feed(reader) == [handle for handle in reversed(handles) if handle not in quiet]
    eventually(lambda: _bell(reader) == str(MANY - 2))
    for path in ("/latest/", "/notes/", f"/search/?q={WORDS[language]}", "/notifications/?show=follows", "/following/"):
        reader.page.goto(path)
        assert reader.overflow() <= 0, path
        if path != "/following/":
            assert _named(reader, quiet) == [], path

    reader.page.goto("/about/")
    _write(embedded_site, [*quiet, talking], WORDS[language])
    expect(reader.page.locator(".bell [data-count]")).to_have_text(str(MANY - 1))
    reader.page.goto("/notifications/")
    expect(reader.page.locator(".notice-row").first).to_contain_text(talking)
    assert _feed(reader)[:2] == [talking, handles[-1]]

    reader.page.goto("/settings/people/")
    reader.page.locator("main .result", has_text=quiet[0]).get_by_role("button").click()
    expect(reader.page.locator("main .result", has_text=quiet[0])).to_have_count(0)
    assert quiet[0] in _feed(reader) and quiet[1] not in _feed(reader)


def _follow_all(reader, hub: str) -> None:
    """Follow everybody in the list of whom somebody else follows, with the buttons there."""
    reader.page.goto(f"/@{hub}/following/")
    assert reader.overflow() <= 0
    left = reader.page.locator("main .follow button[aria-pressed=false]")
    expect(left).to_have_count(MANY)
    for number in range(MANY):
        left.first.click()
        expect(left).to_have_count(MANY - number - 1)


def _write(site, handles: list[str], words: str) -> None:
    site.manage("shell", "-v", "0", "-c", WRITE.format(handles=handles, words=words))


def _feed(reader) -> list[str]:
    """Return who wrote what is in the feed, page by page to its end."""
    found: list[str] = []
    reader.page.goto("/")
    while True:
        assert reader.overflow() <= 0
        found += reader.page.locator(".rows .row-line .person bdi").all_text_contents()
        further = reader.page.locator(".pager a[rel=next]")
        if not further.count():
            return found
        with reader.page.expect_navigation():
            further.click()


def _bell(reader) -> str:
    reader.page.goto("/about/")
    return reader.page.locator(".bell [data-count]").text_content() or ""


def _mute(reader, handle: str) -> None:
    reader.page.goto(f"/@{handle}/")
    reader.page.click(".profile-acts > .menu > summary")
    reader.page.click(".profile-acts form[action$='/mute/'] button")
    expect(reader.page.locator(".profile-muted")).to_be_visible()


def _named(reader, handles: list[str]) -> list[str]:
    shown = reader.page.locator("main").inner_text()
    return [handle for handle in handles if handle in shown]
