"""Posts that link to a run without showing it."""

import pytest

from community.content import linking, services
from community.mutes.services import mute
from tests.factories import PersonFactory
from tests.factories.content import AnswerFactory, QuestionFactory

pytestmark = pytest.mark.django_db


def test_a_run_page_names_posts_that_link_to_it(client, as_user, ada, trained):
    spec = trained()
    assert "Mentioned in" not in client.get(f"/runs/{spec}/").content.decode()
    found = services.start_thread(
        author=PersonFactory(), kind="discussion", title="A run that got stuck", source=f"[It](/runs/{spec}/?post=3)",
        tags=[], publish=True,
    )  # fmt: skip
    page = client.get(f"/runs/{spec}/").content.decode()
    assert page.count("Mentioned in") == page.count("A run that got stuck") == 1
    mute(person=ada, other=found.author)
    assert "A run that got stuck" not in as_user(ada).get(f"/runs/{spec}/").content.decode()
    services.delete_post(post=found.posts.get(), by=found.author)
    assert "Mentioned in" not in client.get(f"/runs/{spec}/").content.decode()


def test_the_thread_of_somebody_muted_is_not_named_by_a_reply_of_another(as_user, ada, trained):
    spec = trained()
    thread = QuestionFactory(title="A run that got stuck")
    reply = AnswerFactory(thread=thread, html=f'<p><a href="/runs/{spec}/">It</a></p>')
    linking.find_links(reply.pk)
    assert "A run that got stuck" in as_user(ada).get(f"/runs/{spec}/").content.decode()
    mute(person=ada, other=thread.author)
    assert "A run that got stuck" not in as_user(ada).get(f"/runs/{spec}/").content.decode()


def test_a_post_that_shows_it_is_named_once(client, asked):
    post = asked(PersonFactory(display_name="Zoe"))
    spec = post.html.partition('data-run="')[2][:32]
    services.edit_post(
        post=post, editor=post.author, source=f"{post.source}\n\n[It](/runs/{spec}/)", base_version=post.version
    )
    assert client.get(f"/runs/{spec}/").content.decode().count("<bdi>Zoe</bdi>") == 1
