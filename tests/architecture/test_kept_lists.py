"""Which kept pages of lists an act ends, and that it ends no others. Without runs: see `lists_alone`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import pytest

from community.common.changes.log import CHANGES
from community.content.services import add_post, start_thread
from community.forum.services import accept_answer
from community.social.services import vote
from tests.architecture.kept_content import Kept, address_of, keeping
from tests.architecture.kept_site import LISTS, Site, lists_alone
from tests.kept_pages import kept_pages
from tests.taken_back import taken_back


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Iterator[Site]:
    with django_db_blocker.unblock(), lists_alone() as site:
        yield site


@pytest.fixture(scope="module")
def everything(site, django_db_blocker) -> Kept:
    with django_db_blocker.unblock(), keeping(site.world) as kept:
        for path in LISTS:
            kept.read_to_its_end(path)
    return kept


@pytest.fixture
def kept(everything, db) -> Iterator[Kept]:
    with taken_back(), kept_pages():
        everything.begin()
        yield everything


def test_an_accepted_answer_ends_the_lists_that_show_its_thread(site, kept):
    accept_answer(answer=site.reply(0), by=site.threads[0].author)
    showing = kept.pages_of("/latest/", "Thread 00.") | kept.pages_of("/questions/", "Thread 00.")
    assert {"/latest/", "/questions/"} <= {address_of(key) for key in showing}
    assert showing <= kept.ended()


def test_a_reply_ends_the_first_page_of_the_latest_and_the_one_that_its_thread_leaves(site, kept):
    add_post(thread=site.threads[8], author=site.moderator, source="More.")
    ended = kept.ended()
    addresses = {address_of(key) for key in ended}
    assert {"/", "/latest/", "/c/meta/", "/tags/loss/"} <= addresses
    assert not {"/questions/", "/latest/?kind=question", "/feeds/site.atom"} & addresses
    assert ended & dated(kept) == dated(kept) & kept.pages_of("/latest/", "Thread 08.")


def test_a_vote_on_a_reply_ends_no_list(site, kept):
    before = CHANGES.reading
    vote(user=site.voter, post=site.reply(0), value=1)
    assert not kept.ended()
    assert CHANGES.reading > before


def test_a_new_thread_renews_the_counts_beside_a_page_and_ends_no_page_far_inside(site, kept):
    days_and_months = {len(topic) for key in dated(kept) for topic in kept.pages[key].topics if "latest:" in topic}
    assert days_and_months == {len("latest:2026-12-03"), len("latest:2026-12")}
    start_thread(author=site.moderator, kind="discussion", title="One more.", source="z")
    assert not dated(kept) & kept.ended()


def dated(kept: Kept) -> set[Hashable]:
    """Return the pages that depend on the days that they show."""
    return {key for key, page in kept.pages.items() if any("latest:" in topic for topic in page.topics)}
