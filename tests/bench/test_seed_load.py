import pytest

from bench.load.community import Community
from bench.load.people import session_of
from bench.load.texts import NOW, SEARCH_WORD, SHAPES, Texts
from community.accounts.models import User
from community.common import invariants
from community.content.models import Kind, Post, Thread
from community.search.selectors import find

pytestmark = pytest.mark.full

SHAPE = SHAPES["tiny"]


@pytest.fixture
def filled(db) -> Texts:
    community = Community(SHAPE, say=lambda line: None)
    community.write()
    return community.texts


def test_a_size_has_the_same_texts_each_time():
    first, second = Texts(SHAPE), Texts(SHAPE)
    assert first.bodies == second.bodies
    assert list(first.topics()) == list(second.topics())


def test_topics_have_exactly_the_posts_of_their_shape():
    for name in ("tiny", "small"):
        shape = SHAPES[name]
        topics = list(Texts(shape).topics())
        lengths = [len(topic.posts) for topic in topics]
        assert (len(topics), sum(lengths)) == (shape.topics, shape.posts)
        assert lengths[: shape.twenties + 1] == [shape.longest, *[20] * shape.twenties]
        assert max(post.at for topic in topics for post in topic.posts) <= NOW


def test_a_filled_site_keeps_every_invariant(filled):
    assert Thread.objects.count() == SHAPE.topics + SHAPE.articles
    assert Post.objects.count() == SHAPE.posts + SHAPE.articles
    assert set(Thread.objects.values_list("kind", flat=True)) == {Kind.DISCUSSION, Kind.QUESTION, Kind.ARTICLE}
    assert list(map(str, invariants.breaches())) == []


def test_a_filled_site_works_on(filled, client):
    reader = User.objects.get(handle="user007")
    client.cookies["sessionid"] = session_of(reader)
    thread = Thread.objects.filter(kind=Kind.DISCUSSION).order_by("pk").first()
    assert b"user007" in client.get("/").content
    assert client.get(thread.get_absolute_url()).status_code == 200
    assert len(find(SEARCH_WORD, reader).matches) == Post.objects.filter(text__contains=SEARCH_WORD).count() > 0
    newest = Post.objects.order_by("-pk").first()
    assert Post.objects.create(thread=thread, number=999, role="comment", author=reader, source="x").pk > newest.pk
