"""A bio whose rendering failed is rendered later, as posts are."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from community.accounts import bio, services
from community.accounts.models import User
from community.common.jobs import rows
from community.rendering import pool
from community.rendering.context import VERSION
from community.rendering.fallback import as_written
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
SOURCE = "I like $x^2$."


@pytest.fixture(autouse=True)
def _jobs_are_rows(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}


@pytest.fixture
def broken(monkeypatch):
    """Make the renderer unavailable."""
    down = {"is": True}
    render = pool.render
    failed = as_written(SOURCE, "The renderer is down.", version=0)
    monkeypatch.setattr(pool, "render", lambda source, context=None: failed if down["is"] else render(source, context))
    return down


@pytest.fixture
def ada(broken):
    person = PersonFactory(handle="ada")
    services.update_profile(user=person, display_name="Ada", bio=bio.render(SOURCE))
    assert "<math" not in kept().bio_html and kept().bio_html_version == 0
    return person


def kept() -> User:
    return User.objects.get(handle="ada")


def run_due(after: timedelta = timedelta()) -> None:
    """Run the jobs that are due within a time from now."""
    DBTaskResult.objects.filter(run_after__lte=timezone.now() + after).update(run_after=timezone.now())
    for row in DBTaskResult.objects.ready():
        rows.run(str(row.pk), "worker")


def test_it_is_shown_formatted_once_the_renderer_is_there_again(ada, broken, client):
    broken["is"] = False
    run_due()
    assert (kept().bio, kept().bio_html_version) == (SOURCE, VERSION)
    page = client.get("/@ada/").content.decode()
    assert "<msup>" in page and "The renderer is down." not in page


def test_what_fails_again_is_tried_later_and_not_for_ever(ada, broken):
    run_due()
    assert [row.args_kwargs["kwargs"] for row in DBTaskResult.objects.filter(status="READY")] == [
        {"user_id": ada.pk, "tried": 1}
    ]
    assert not DBTaskResult.objects.ready().exists()
    for _round in range(9):
        run_due(timedelta(days=1))
    assert DBTaskResult.objects.count() == 6
    assert not DBTaskResult.objects.filter(status="READY").exists()


def test_a_bio_that_was_changed_meanwhile_is_left_alone(ada, broken, monkeypatch):
    broken["is"] = False
    render = pool.render

    def slow(source, context=None):
        User.objects.filter(pk=ada.pk).update(bio="Newer.", bio_html="<p>Newer.</p>")
        return render(source, context)

    monkeypatch.setattr(pool, "render", slow)
    bio.render_again(user_id=ada.pk)
    assert kept().bio_html == "<p>Newer.</p>"


def test_the_command_renders_those_of_before(ada, broken):
    broken["is"] = False
    said = io.StringIO()
    call_command("rerender", stdout=said, stderr=io.StringIO())
    assert said.getvalue() == "1 made anew.\n" and "<msup>" in kept().bio_html
    call_command("rerender", stdout=said, stderr=io.StringIO())
    assert said.getvalue() == "1 made anew.\n0 made anew.\n"
