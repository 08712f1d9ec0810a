"""Mentions under a post: which links make them, who sees them, and that pages which show them are never stale."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.common.changes.log import CHANGES
from community.content import linking, services
from community.content.bodies import own_hosts
from community.content.models import Post, PostLink, Thread
from community.content.places import Place, place_at
from community.mutes.services import block, mute
from community.rendering.links import written_links
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.content import AnswerFactory, CommentFactory, QuestionFactory
from tests.html import html_of
from tests.kept_pages import kept_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread():
    return QuestionFactory(title="Where it is")


def write(source, author=None, title="Where it is mentioned", kind="discussion", **options):
    author = author or PersonFactory(display_name="Zoe")
    return services.start_thread(
        author=author, kind=kind, title=title, source=source, tags=[], **{"publish": True} | options
    )


def linked(post):
    return set(PostLink.objects.filter(post=post).values_list("target", "embed"))


def page_of(thread, client=None):
    return html_of((client or Client()).get(thread.get_absolute_url()))


def opening(thread) -> Post:
    return thread.posts.get(number=1)


# === Which links ===


def test_links_are_read_in_what_is_rendered_and_not_in_code_or_in_quotes():
    html = (
        '<p><a href="/t/1/">a</a> <a class="mention" href="/@ada/">@ada</a> <code>&lt;a href="/t/2/"&gt;</code></p>'
        '<blockquote><p><a class="mention" href="/@ben/">@ben</a> wrote in <a href="/t/3/x/4/">#4</a>:</p>'
        '<p><a href="/t/5/">quoted</a></p>'
        '<blockquote><p><a class="mention" href="/@eve/">@eve</a> <a href="/t/6/">#1</a></p></blockquote></blockquote>'
        '<blockquote><p>Words with <a href="/t/7/">a link</a></p></blockquote>'
        '<p><a href="#fn">1</a> <a href="/t/1/">again</a> <a href="/t/8/?a=1&amp;post=2">b</a></p>'
    )
    assert written_links(html) == ["/t/1/", "/t/3/x/4/", "/t/8/?a=1&post=2"]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/t/5/", Place(5)),
        ("/t/5/why/", Place(5)),
        ("/t/5/why/7/#post-7", Place(5, 7)),
        ("/t/5/why/#post-7", Place(5, 7)),
        ("http://testserver/articles/5/why/?post=7#post-7", Place(5, 7)),
        ("https://testserver/notes/5/", Place(5)),
        (f"/runs/{'a1' * 16}/?post=3", Place(embed="a1" * 16)),
        ("https://elsewhere.example/t/5/", None),
        ("//elsewhere.example/t/5/", None),
        ("/threads/5/related/", None),
        ("/tags/xor/", None),
        ("/@ada/", Place(handle="ada")),
        ("t/5/", None),
        ("/t/5/" + "x" * 3_000, None),
        ("http://[broken", None),
        ("mailto:ada@example.org", None),
        ("/t/5/why/?post=x", Place(5)),
        ("/t/5/why/?" + "&" * 200, Place(5)),
    ],
)
def test_an_address_leads_to_a_post_a_run_or_a_person(address, place):
    assert place_at(address) == place


def test_posts_threads_and_runs_are_linked_to_but_neither_itself_nor_its_own_thread(thread):
    answer, spec = AnswerFactory(thread=thread), "ab" * 16
    source = (
        f"See [it]({thread.get_absolute_url()}), [this]({answer.get_absolute_url()}), [run](/runs/{spec}/), "
        f"[none](/t/987654321/) and `[code](/t/{thread.pk}/)`."
    )
    found = write(source)
    assert linked(opening(found)) == {(opening(thread).pk, ""), (answer.pk, ""), (None, spec)}
    reply = services.add_post(thread=found, author=PersonFactory(), source=f"As [above]({found.get_absolute_url()}).")
    assert linked(reply) == set()


def test_an_edit_replaces_links_and_one_without_any_removes_them(thread):
    other = QuestionFactory()
    post = opening(write(f"[a]({thread.get_absolute_url()})"))
    for source, wanted in (
        (f"[b]({other.get_absolute_url()})", {(opening(other).pk, "")}),
        ("Nothing.", set()),
    ):
        post = services.edit_post(post=post, editor=post.author, source=source, base_version=post.version)
        assert linked(post) == wanted


def test_a_text_has_at_most_fifty_and_the_job_can_run_twice(thread):
    others = [QuestionFactory() for _ in range(linking.MOST_PLACES + 2)]
    post = opening(write(" ".join(f"[a](/t/{other.pk}/)" for other in others)))
    assert PostLink.objects.filter(post=post).count() == linking.MOST_PLACES
    linking.find_links(post.pk)
    assert PostLink.objects.filter(post=post).count() == linking.MOST_PLACES
    linking.find_links(987654321)


# === Who sees them ===


def test_a_mention_is_under_the_post_that_is_linked_to(thread, client):
    answer = AnswerFactory(thread=thread)
    comment = CommentFactory(thread=thread, parent=answer)
    for post in (opening(thread), answer, comment):
        write(f"[a]({post.get_absolute_url()})", title=f"About number {post.number}")
    page = page_of(thread, client)
    assert page.count(">Mentioned in<") == 3
    parts = [page.index(f"About number {number}") for number in (1, 2, 3)]
    assert page.index('id="post-1"') < parts[0] < page.index('id="post-2"') < parts[1]
    assert page.index('id="post-3"') < parts[2]


@pytest.mark.parametrize("kind", ["article", "note"])
def test_mentions_of_articles_and_notes(kind, client, ada):
    from community.blogs.services import start_article

    if kind == "article":
        found = start_article(author=ada, title="By hand", source="Words.", tags=[], publish=True).thread
    else:
        found = write("A note.", kind="note", title="")
    write(f"[a]({found.get_absolute_url()})")
    assert page_of(found, client).count("Where it is mentioned") == 1


def test_drafts_are_never_named_and_published_ones_are(thread, client, as_user):
    draft = write(f"[a]({thread.get_absolute_url()})", publish=False)
    for reader in (client, as_user(draft.author), as_user(ModeratorFactory())):
        assert "Where it is mentioned" not in page_of(thread, reader)
    services.publish_thread(thread=draft, by=draft.author)
    assert "Where it is mentioned" in page_of(thread, client)


@pytest.mark.parametrize("jobs", [True, False])
@pytest.mark.parametrize("state", ["hidden", "deleted", "thread hidden", "unpublished"])
def test_what_is_not_public_is_named_to_nobody_even_before_the_job_is_done(
    thread, client, as_user, state, jobs, monkeypatch
):
    found = write("Words.")
    reply = services.add_post(thread=found, author=PersonFactory(), source=f"[a]({thread.get_absolute_url()})")
    assert "Where it is mentioned" in page_of(thread, client)
    staff = ModeratorFactory()
    if not jobs:
        monkeypatch.setattr(linking, "find_links", lambda pk: None)
    if state == "hidden":
        services.hide_post(post=reply, by=staff)
    elif state == "deleted":
        services.delete_post(post=reply, by=reply.author)
    elif state == "thread hidden":
        services.hide_post(post=opening(found), by=staff)
    else:
        Thread.objects.filter(pk=found.pk).update(published_at=None)
    for reader in (client, as_user(reply.author), as_user(staff)):
        assert "Where it is mentioned" not in page_of(thread, reader)


def test_a_restored_post_is_named_again(thread, client):
    post = opening(write(f"[a]({thread.get_absolute_url()})"))
    services.delete_post(post=post, by=post.author)
    assert linked(post) == set()
    services.restore_post(post=Post.objects.get(pk=post.pk), by=post.author)
    assert "Where it is mentioned" in page_of(thread, client)


@pytest.mark.parametrize(("act", "is_own"), [(mute, True), (block, True), (block, False)])
@pytest.mark.parametrize("of_thread", [True, False])
def test_people_apart_are_not_named(thread, ada, bob, as_user, act, is_own, of_thread):
    link = f"[a]({thread.get_absolute_url()})"
    if of_thread:
        services.add_post(thread=write("Words.", author=bob), author=PersonFactory(), source=link)
    else:
        write(link, author=bob)
    assert "Where it is mentioned" in page_of(thread, as_user(ada))
    act(person=ada if is_own else bob, other=bob if is_own else ada)
    assert "Where it is mentioned" not in page_of(thread, as_user(ada))
    assert "Where it is mentioned" in page_of(thread, as_user(PersonFactory()))


def test_the_newest_eight_are_shown_and_three_at_once(thread, client):
    for number in range(14):
        write(f"[a]({thread.get_absolute_url()})", title=f"Mention number {number}.")
    page = page_of(thread, client)
    assert [number for number in range(14) if f"Mention number {number}." in page] == list(range(6, 14))
    assert "5 more" in page and page.index("Mention number 11.") < page.index("5 more") < page.index(
        "Mention number 10."
    )


def test_a_title_with_markup_is_shown_as_it_is_on_its_own_page(thread, client):
    write(f"[a]({thread.get_absolute_url()})", title="Why <b>bold</b> & $x^2$?")
    page = page_of(thread, client)
    assert "&lt;b&gt;bold" in page and "<b>bold" not in page


# === Pages that are kept ===


def test_the_page_has_one_query_more_at_most(thread, client):
    AnswerFactory(thread=thread)

    def cost() -> int:
        page_of(thread, client)
        with CaptureQueriesContext(connection) as found:
            page_of(thread, client)
        return len(found)

    without = cost()
    for _ in range(5):
        write(f"[a]({thread.get_absolute_url()}) [b]({thread.posts.get(number=2).get_absolute_url()})")
    assert cost() == without + 1


ACTS = {
    "written": lambda found: write(
        f"[b]({Thread.objects.get(title='Where it is').get_absolute_url()})", title="A second mention"
    ),
    "edited": lambda found: services.edit_post(
        post=opening(found), editor=found.author, source="None.", base_version=1
    ),
    "retitled": lambda found: services.edit_post(
        post=opening(found), editor=found.author, source=opening(found).source, base_version=1, title="Other words"
    ),
    "hidden": lambda found: services.hide_post(post=opening(found), by=ModeratorFactory()),
    "deleted": lambda found: services.delete_post(post=opening(found), by=found.author),
    "by hand": lambda found: Thread.objects.filter(pk=found.pk).update(hidden_at=timezone.now()),
    "gone": lambda found: PostLink.objects.all().delete(),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_kept_page_ends_when_its_mentions_change(thread, act, as_user):
    found = write(f"[a]({thread.get_absolute_url()})")
    reader = as_user(PersonFactory())
    with kept_pages():
        before = [page_of(thread), page_of(thread, reader)]
        assert all("Where it is mentioned" in page for page in before)
        ACTS[act](found)
        CHANGES.catch_up()
        for client in (Client(), reader):
            page = page_of(thread, client)
            assert ("Where it is mentioned" in page) == (act == "written")
            assert ("A second mention" in page) == (act == "written")


def test_a_kept_page_shows_again_what_was_hidden(thread):
    found = write("Words.")
    services.add_post(thread=found, author=PersonFactory(), source=f"[a]({thread.get_absolute_url()})")
    staff = ModeratorFactory()
    services.hide_post(post=opening(found), by=staff)
    with kept_pages():
        assert "Where it is mentioned" not in page_of(thread)
        services.unhide_post(post=opening(found), by=staff)
        CHANGES.catch_up()
        assert "Where it is mentioned" in page_of(thread)


def test_a_member_is_told_what_is_unread_where_a_post_is_mentioned_and_nobody_else(thread, bob, as_user):
    mentioning = write(f"As in [this]({thread.get_absolute_url()}).")
    services.mark_read(reader=bob, thread_id=mentioning.pk, number=1)
    CommentFactory(thread=mentioning)

    def mentioned(client) -> str:
        return page_of(thread, client).partition('class="mentioned soft"')[2].partition("</div>")[0]

    assert f'href="{mentioning.address_in_time(2)}"' in mentioned(as_user(bob)) and "1 new" in mentioned(as_user(bob))
    for client in (Client(), as_user(PersonFactory())):
        assert "Where it is mentioned" in mentioned(client) and "pill" not in mentioned(client)


def test_addresses_with_the_port_of_the_site_are_its_own(settings):
    settings.SITE_ADDRESS = "http://testserver:8123"
    assert {"testserver", "testserver:8123"} <= {*own_hosts()} and "testserver:80" not in own_hosts()
