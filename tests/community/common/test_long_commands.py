"""Commands that walk over all posts: in batches, with progress, in bounded memory."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.common import invariants, progress, walk
from community.content import counters
from community.content.models import Post, Thread
from community.search.services import rebuild
from tests.factories import PostFactory, ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(monkeypatch) -> list[Post]:
    """Three dozen posts, walked in batches of five; progress is told without waiting."""
    monkeypatch.setattr(walk, "FIRST", 5)
    monkeypatch.setattr(walk, "MOST", 5)
    monkeypatch.setattr(progress, "EVERY_IN_LOG", 0.0)
    thread = ThreadFactory()
    rows = [PostFactory(thread=thread) for _ in range(36)]
    rebuild()
    return rows


def test_no_query_of_a_check_answers_with_a_row_for_every_post(posts, monkeypatch):
    answers = []
    compile_rows = connection.ops.compiler("SQLCompiler").results_iter

    def counted(self, *args, **kwargs):
        rows = list(compile_rows(self, *args, **kwargs))
        answers.append(len(rows))
        return iter(rows)

    monkeypatch.setattr(connection.ops.compiler("SQLCompiler"), "results_iter", counted)
    assert list(invariants.breaches()) == []
    assert answers and max(answers) <= 5 * 2


def test_a_check_tells_how_far_it_is(posts, capsys):
    call_command("check_invariants")
    told = capsys.readouterr()
    total = len(invariants.names())
    assert told.out == f"{total} of {total} invariants hold.\n"
    lines = told.err.splitlines()
    assert len(lines) > total and lines[-1].startswith(f"{total} of {total} invariants")


def test_a_text_that_is_edited_during_a_check_is_no_breach(posts, monkeypatch):
    from community.search import invariants as of_search

    looks = []
    differing = of_search._differing

    def first_look_is_late(source, keys):
        looks.append(list(keys))
        wrong = differing(source, keys)
        return wrong | {posts[3].pk: "just edited"} if len(looks) == 1 else wrong

    monkeypatch.setattr(of_search, "_differing", first_look_is_late)
    assert list(invariants.breaches()) == []
    assert looks[1] == [posts[3].pk]


def test_rendering_anew_tells_how_far_it_is(posts, capsys, monkeypatch):
    made = []
    monkeypatch.setattr(
        "community.content.management.commands.rerender.render_again", lambda post_id: made.append(post_id) or True
    )
    call_command("rerender", all=True)
    told = capsys.readouterr()
    assert made == list(Post.objects.order_by("pk").values_list("pk", flat=True))
    assert told.out == f"{len(made)} made anew.\n"
    assert told.err.splitlines()[-1].startswith(f"{len(made)} of {len(made)} posts")


def test_a_counter_is_mended_to_what_is_counted_then(posts):
    thread = posts[0].thread
    Thread.objects.filter(pk=thread.pk).update(post_count=99)
    [drift] = list(counters.drifts())
    PostFactory(thread=Thread.objects.get(pk=thread.pk))
    counters.mend(drift)
    assert Thread.objects.get(pk=thread.pk).post_count == 38
    assert list(counters.drifts()) == []


def test_recounting_holds_no_transaction_over_all_rows(posts):
    Thread.objects.filter(pk=posts[0].thread_id).update(post_count=99)
    with CaptureQueriesContext(connection) as captured:
        call_command("recount", verbosity=0)
    statements = [query["sql"] for query in captured]
    opened = [at for at, sql in enumerate(statements) if sql.startswith("SAVEPOINT")]
    closed = [at for at, sql in enumerate(statements) if sql.startswith("RELEASE")]
    assert opened and max(end - start for start, end in zip(opened, closed, strict=True)) <= 4
    assert list(counters.drifts()) == []
