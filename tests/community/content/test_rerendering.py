import io

import pytest
from django.core.management import call_command
from django.tasks import default_task_backend

from community.content import services
from community.content.models import Mention, Post
from community.content.rerendering import render_again
from community.notifications.models import Notification
from community.rendering import pool
from community.rendering.fallback import as_written
from tests.factories import PersonFactory

pytestmark = pytest.mark.both

SOURCE = "Hello @bob, all is $x$.\n"


@pytest.fixture
def ada(db):
    PersonFactory(handle="bob")
    return PersonFactory(handle="ada")


@pytest.fixture
def broken(monkeypatch):
    """Make the renderer unavailable."""
    down = {"is": True}
    render = pool.render

    def answer(source, context=None):
        down_now = as_written(source, "The renderer is down.", version=0, title=context.title)
        return down_now if down["is"] else render(source, context)

    monkeypatch.setattr(pool, "render", answer)
    return down


def test_a_post_is_kept_as_plain_text_while_the_renderer_is_down_and_made_whole_after(ada, broken, settings):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend", "QUEUES": []}}
    thread = services.start_thread(author=ada, kind="note", source=SOURCE)
    post = thread.posts.get()
    assert (post.html_version, post.render_notice, post.source) == ("0", "The renderer is down.", SOURCE)
    assert "<math" not in post.html
    assert thread.title_html == "Hello @bob, all is $x$."
    broken["is"] = False
    for job in default_task_backend.results:
        job.task.call(*job.args, **job.kwargs)
    post.refresh_from_db()
    thread.refresh_from_db()
    assert post.render_notice == ""
    assert "<math" in post.html
    assert "<math" in thread.title_html
    assert Mention.objects.get().user.handle == "bob"


def test_doing_it_twice_or_for_what_is_not_there_does_no_harm(ada):
    post = services.start_thread(author=ada, kind="note", source=SOURCE).posts.get()
    Post.objects.filter(pk=post.pk).update(html_version="old", html="old")
    assert render_again(post_id=post.pk)
    assert render_again(post_id=post.pk)
    post.refresh_from_db()
    assert "<math" in post.html
    assert not render_again(post_id=0)


def test_the_command_makes_anew_what_another_version_made_and_tells_nobody(ada):
    post = services.start_thread(author=ada, kind="note", source=SOURCE).posts.get()
    services.start_thread(author=ada, kind="note", source="Fine already.")
    Post.objects.filter(pk=post.pk).update(html_version="of-old", html="old")
    Notification.objects.all().delete()
    said = io.StringIO()
    call_command("rerender", stdout=said)
    post.refresh_from_db()
    assert said.getvalue() == "1 made anew.\n"
    assert "<math" in post.html
    assert not Notification.objects.exists()
