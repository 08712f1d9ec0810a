"""What is shown beside a link: title, state, words with formulas, curve; never what the reader cannot see."""

import re
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from community.content import services
from community.content.models import Category, Tag
from community.mutes.services import block, mute
from community.review.services import propose_hold
from tests.factories import ModeratorFactory, PersonFactory
from tests.factories.content import AnswerFactory, QuestionFactory

pytestmark = pytest.mark.django_db


def preview(client, to: str):
    return client.get(f"/links/preview/?{urlencode({'to': to})}")


@pytest.fixture
def keeper():
    return ModeratorFactory()


@pytest.fixture
def thread():
    return services.start_thread(
        author=PersonFactory(display_name="Zoe"), kind="question", title="Why $x^2$?",
        source="Since $\\delta$ is small.", tags=[], publish=True,
    )  # fmt: skip


def test_a_thread_has_its_title_and_words_with_formulas(client, thread, django_assert_max_num_queries):
    thread.category = Category.objects.get(slug="training-troubles")
    thread.save()
    thread.tags.add(Tag.objects.create(slug="xor", name="xor", thread_count=1))
    with django_assert_max_num_queries(2):
        page = preview(client, thread.get_absolute_url()).content.decode()
    assert "Training troubles" in page and '<span class="tag">xor</span>' in page
    assert page.count("<math") == 2 and "Question" in page and "Zoe" in page and "<a " not in page
    assert "<html" not in page


def test_a_link_to_an_equation_has_the_equation_and_nothing_that_is_linked(client, thread):
    source = "Words.\n\n$$\nL = y - t \\label{eq:l}\n$$\n\n$$\nb = 7 \\label{eq:b}\n$$\n"
    services.add_post(author=PersonFactory(), thread=thread, role="answer", source=source)
    page = preview(client, f"{thread.get_absolute_url()}#p2-eq:l").content.decode()
    assert "<mi>L</mi>" in page and "(1)" in page and "<mn>7</mn>" not in page and "Words" not in page
    assert "id=" not in page and "<a " not in page and "Answer #2" in page
    for elsewhere in ("#p2-eq:none", "#p2-%00", "#post-2"):
        page = preview(client, f"{thread.get_absolute_url()}{elsewhere}").content.decode()
        assert "Words" in page and "<mi>L</mi>" not in page.partition("Words")[0]


def test_a_row_of_several_is_shown_with_the_others(client, thread):
    source = "\\begin{align}\na &= 1 \\label{a} \\\\\nb &= 2 \\label{乙}\n\\end{align}\n"
    services.add_post(author=PersonFactory(), thread=thread, role="answer", source=source)
    (mark,) = re.findall('id="(p2-[^"]*乙)"', thread.posts.get(number=2).html)
    page = preview(client, f"{thread.get_absolute_url()}#{quote(mark)}").content.decode()
    assert page.count("<mtr>") == 2 and "(2)" in page and "id=" not in page


def test_a_post_has_its_own_words_and_the_state_of_its_thread(client):
    thread = QuestionFactory(title="Why?")
    answer = AnswerFactory(thread=thread, html="<p>Because of the sum.</p>")
    thread.solved_post = answer
    thread.save()
    page = preview(client, answer.get_absolute_url()).content.decode()
    assert "Because of the sum." in page and "Accepted answer" in page and "Answer #2" in page
    assert "Solved" in preview(client, thread.get_absolute_url()).content.decode()


def test_the_state_of_a_post_is_said_to_who_sees_it(as_user, client, keeper, thread):
    answer = AnswerFactory(thread=thread, community_at=timezone.now())
    assert "Community answer" in preview(client, answer.get_absolute_url()).content.decode()
    propose_hold(thread=thread, reason="unclear", by=keeper)
    assert "Takes no answers" in preview(client, thread.get_absolute_url()).content.decode()
    services.hide_post(post=answer, by=keeper)
    assert "Hidden" in preview(as_user(answer.author), answer.get_absolute_url()).content.decode()
    draft = QuestionFactory(draft=True)
    assert "Draft" in preview(as_user(draft.author), draft.get_absolute_url()).content.decode()


def test_a_person_has_their_name_and_words_with_formulas(client):
    words = '<p>I like <a href="/about/"><math><mi>δ</mi></math></a>.</p>'
    PersonFactory(handle="lin", display_name="Lin <b>", bio_html=words)
    page = preview(client, "/@lin/").content.decode()
    assert "Lin &lt;b&gt;" in page and "@lin" in page and "<math" in page and "Joined" in page
    assert "<a " not in page and "<html" not in page


def test_nobody_and_people_apart_have_no_preview(ada, bob, as_user, client):
    block(person=bob, other=ada)
    assert preview(client, "/@nobody-here/").status_code == preview(as_user(ada), "/@bob/").status_code == 404
    assert preview(as_user(bob), "/@bob/").status_code == 200


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


def test_texts_outside_of_threads_show_them_too(client, thread):
    answer = AnswerFactory(thread=thread)
    services.add_post(thread=thread, author=thread.author, source="A comment.", role="comment", parent=answer)
    services.start_thread(author=thread.author, kind="note", source="See [it](/t/1/).", tags=[], publish=True)
    writer = PersonFactory(bio="See it.", bio_html="<p>See it.</p>")
    comments = reverse("content:comments", args=[thread.pk, thread.slug, answer.number])
    for path, places in (
        ("/notes/", 1),
        (comments, 1),
        (writer.get_absolute_url(), 2),
    ):  # on a profile, of text and rows
        page = client.get(path)
        assert page.status_code == 200 and page.content.decode().count("data-link-previews=") == places, path
