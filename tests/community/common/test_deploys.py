"""Migrations before and after the new code."""

import importlib
import io
import shutil
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.graph import MigrationGraph

from community.audit import migrations as audit_migrations
from community.common import deploys
from community.common.changes import triggers
from community.pages.management.commands import prepare

pytestmark = pytest.mark.both

LAST = "0003_no_post"


def migration(name: str, *needs: Migration, after: bool = False) -> Migration:
    app, _dot, name = name.partition(".")
    made = Migration(name, app)
    made.dependencies = [(each.app_label, each.name) for each in needs]
    made.is_post_deployment = after
    return made


def graph_of(*migrations: Migration) -> MigrationGraph:
    graph = MigrationGraph()
    for each in migrations:
        graph.add_node((each.app_label, each.name), each)
    for each in migrations:
        for parent in each.dependencies:
            graph.add_dependency(each, (each.app_label, each.name), parent)
    return graph


def split(*migrations: Migration):
    return deploys.split(list(migrations), graph_of(*migrations))


def test_what_takes_something_away_waits():
    adds = migration("forum.0001")
    removes = migration("forum.0002", adds, after=True)
    other = migration("blogs.0001", adds)
    assert split(adds, removes, other) == ([adds, other], [removes])


def test_several_may_wait_for_each_other():
    removes = migration("forum.0001", after=True)
    removes_more = migration("blogs.0001", removes, after=True)
    assert split(removes, removes_more) == ([], [removes, removes_more])


def test_a_release_that_was_skipped_is_named():
    removes = migration("forum.0001", after=True)
    adds = migration("forum.0002", removes)
    with pytest.raises(deploys.DeployNotFinished, match=r"forum\.0002 needs forum\.0001, the end of an earlier deploy"):
        split(removes, adds)


@pytest.fixture
def next_release(settings, tmp_path, monkeypatch):
    """Return a function that adds a migration to `audit`; in the end they are taken back."""
    folder = tmp_path / "next_release"
    shutil.copytree(Path(audit_migrations.__file__).parent, folder)
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MIGRATION_MODULES = {"audit": "next_release"}

    def add(name: str, parent: str, operation: str, more: str = "") -> None:
        (folder / f"{name}.py").write_text(
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
            f"    dependencies = [('audit', '{parent}')]\n    {more}\n    operations = [{operation}]\n"
        )
        importlib.invalidate_caches()

    yield add
    call_command("migrate", "audit", LAST, verbosity=0)
    for name in [name for name in sys.modules if name.startswith("next_release")]:
        del sys.modules[name]


def columns() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "audit_auditentry")
    return {column.name for column in found} & {"first", "second"}


def prepare_rolling(monkeypatch) -> str:
    """Call `prepare --rolling`, without its other steps, and return what it said."""
    monkeypatch.setattr(prepare, "STEPS", ())
    said = io.StringIO()
    call_command("prepare", "--rolling", stdout=said)
    return said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_release_is_rolled_out_in_two_parts(next_release, monkeypatch):
    next_release("0101_first", LAST, "migrations.AddField('auditentry', 'first', models.TextField(null=True))")
    assert prepare_rolling(monkeypatch) == "" and columns() == {"first"}
    next_release(
        "0102_second", "0101_first", "migrations.AddField('auditentry', 'second', models.TextField(null=True))"
    )
    next_release(
        "0103_gone", "0102_second", "migrations.RemoveField('auditentry', 'first')", "is_post_deployment = True"
    )
    for _time in range(2):
        said = prepare_rolling(monkeypatch)
        assert said == "When every host runs this release, call manage.py migrate, for audit.0103_gone.\n"
        assert columns() == {"first", "second"}
    deploys.migrate()
    assert columns() == {"second"}
    assert prepare_rolling(monkeypatch) == ""


@pytest.mark.django_db(transaction=True)
def test_a_release_that_follows_an_unfinished_one_is_refused(next_release, monkeypatch):
    next_release("0101_first", LAST, "migrations.AddField('auditentry', 'first', models.TextField(null=True))")
    next_release(
        "0102_gone", "0101_first", "migrations.RemoveField('auditentry', 'first')", "is_post_deployment = True"
    )
    next_release("0103_second", "0102_gone", "migrations.AddField('auditentry', 'second', models.TextField(null=True))")
    with pytest.raises(CommandError, match=r"audit\.0103_second needs audit\.0102_gone"):
        prepare_rolling(monkeypatch)
    assert columns() == set()


@pytest.mark.django_db(transaction=True)
def test_two_hosts_that_prepare_at_once_migrate_one_after_the_other(next_release):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one host")
    next_release("0101_first", LAST, "migrations.AddField('auditentry', 'first', models.TextField(null=True))")
    failures = []

    def host() -> None:
        try:
            deploys.migrate_before()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    hosts = [threading.Thread(target=host) for _ in range(3)]
    for each in hosts:
        each.start()
    for each in hosts:
        each.join()
    assert failures == [] and columns() == {"first"}


@pytest.mark.django_db(transaction=True)
def test_a_host_that_waits_keeps_no_other_from_making_an_index():
    """PostgreSQL makes an index beside writes when all older statements have ended, also one that waits for a lock."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one host")
    has_asked, failures = threading.Event(), []

    def noting(execute, *statement):
        has_asked.set()
        return execute(*statement)

    def host() -> None:
        try:
            with connection.execute_wrapper(noting):
                deploys.migrate()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=host)
    with deploys._one_at_a_time(), connection.cursor() as cursor:
        other.start()
        assert has_asked.wait(60)
        cursor.execute("CREATE INDEX CONCURRENTLY made_beside ON audit_auditentry (id)")
        cursor.execute("DROP INDEX made_beside")
        assert other.is_alive()
    other.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("apply", [deploys.migrate, deploys.migrate_before])
def test_a_release_without_migrations_gets_its_own_triggers_of_the_log(apply):
    """It may watch more than the one before; beside the triggers of that one it would keep no page."""

    def installed() -> set[str]:
        with connection.cursor() as cursor:
            return set(triggers._installed(cursor, connection.vendor))

    own = installed()
    triggers.uninstall("default")
    try:
        apply()
        assert own and installed() == own
    finally:
        triggers.install("default")
