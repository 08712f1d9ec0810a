"""What is shown beside a link: title, state, words with formulas, curve; never what the reader cannot see."""

from urllib.parse import urlencode

import pytest

from community.content import services
from community.mutes.services import block, mute
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.content import AnswerFactory, QuestionFactory

pytestmark = pytest.mark.django_db


def preview(client, to: str):
    return client.get(f"/links/preview/?{urlencode({'to': to})}")


@pytest.fixture
def thread():
    return services.start_thread(
        author=PersonFactory(display_name="Zoe"), kind="question", title="Why $x^2$?",
        source="Since $\\delta$ is small.", tags=[], publish=True,
    )  # fmt: skip


def test_a_thread_has_its_title_and_words_with_formulas(client, thread, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        page = preview(client, thread.get_absolute_url()).content.decode()
    assert page.count("<math") == 2 and "Question" in page and "Zoe" in page and "<a " not in page
    assert "<html" not in page


def test_a_post_has_its_own_words_and_the_state_of_its_thread(client):
    thread = QuestionFactory(title="Why?")
    answer = AnswerFactory(thread=thread, html="<p>Because of the sum.</p>")
    thread.solved_post = answer
    thread.save()
    page = preview(client, answer.get_absolute_url()).content.decode()
    assert "Because of the sum." in page and "Solved" in page and "Answer #2" in page


@pytest.mark.parametrize("to", ["", "/about/", "https://elsewhere.example/t/1/", "/t/987654321/", f"/runs/{'0' * 32}/"])
def test_anything_else_is_not_found(client, to):
    assert preview(client, to).status_code == 404


def test_what_is_not_visible_is_not_found(client, as_user, thread):
    draft = QuestionFactory(draft=True)
    services.hide_post(post=thread.posts.get(), by=ModeratorFactory())
    for each, author in ((draft, draft.author), (thread, thread.author)):
        address = each.get_absolute_url()
        readers = (client, as_user(PersonFactory()))
        assert [preview(reader, address).status_code for reader in readers] == [404, 404]
        assert preview(as_user(author), address).status_code == 200


@pytest.mark.parametrize(("act", "is_own"), [(mute, True), (block, True), (block, False)])
def test_people_apart_see_nothing_of_each_other(ada, bob, as_user, act, is_own):
    thread = QuestionFactory(author=bob)
    act(person=ada if is_own else bob, other=bob if is_own else ada)
    assert preview(as_user(ada), thread.get_absolute_url()).status_code == 404
