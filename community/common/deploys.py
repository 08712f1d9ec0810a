"""Migrations in two parts, so that old and new code run on one database while a release is rolled out.

A migration on which the old code still runs is applied before any host gets the new code. One that takes something away
has `is_post_deployment = True` and is applied when no host runs the old code.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph

from community.common.changes import triggers

LOCK = 5_724_381
AGAIN_SECONDS = 0.5


class DeployNotFinished(Exception):
    """An unapplied migration of an earlier release, which that release's deploy should have ended with, is needed."""


def migrate() -> None:
    """Apply all migrations, if any is not. Several hosts may call this at once."""
    with _one_at_a_time():
        if _plan(MigrationExecutor(connection)):
            call_command("migrate", interactive=False, verbosity=0)
        triggers.install(DEFAULT_DB_ALIAS)  # a release may watch more than the one before without a migration


def migrate_before() -> list[str]:
    """Apply the migrations on which the old code runs; return the names of those left for afterwards.

    Raises DeployNotFinished if one needs a migration that is left.
    """
    with _one_at_a_time():
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            call_command("migrate", interactive=False, verbosity=0)
            return []
        before, after = split(_plan(executor), executor.loader.graph)
        for app, name in {migration.app_label: migration.name for migration in before}.items():
            call_command("migrate", app, name, interactive=False, verbosity=0)
        triggers.install(DEFAULT_DB_ALIAS)
        return [f"{migration.app_label}.{migration.name}" for migration in after]


def split(plan: list[Migration], graph: MigrationGraph) -> tuple[list[Migration], list[Migration]]:
    """Divide unapplied migrations, in their order, into those before and those after the deploy."""
    after: dict[tuple[str, str], Migration] = {}
    for migration in plan:
        key = (migration.app_label, migration.name)
        needed = [after[parent.key] for parent in graph.node_map[key].parents if parent.key in after]
        if getattr(migration, "is_post_deployment", False):
            after[key] = migration
        elif needed:
            raise DeployNotFinished(
                f"{migration} needs {needed[0]}, the end of an earlier deploy. "
                "Apply that first, with the code of its release: manage.py migrate."
            )
    return [each for each in plan if each not in after.values()], list(after.values())


def _plan(executor: MigrationExecutor) -> list[Migration]:
    return [migration for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait until no other host migrates. SQLite has one host, and `./run` its own lock.

    Ask again and again: an index that is made beside writes waits for the end of every older statement, so a statement
    that waits for this lock would be in a deadlock with it.
    """
    if connection.vendor != "postgresql":
        yield
        return
    while not _asked("SELECT pg_try_advisory_lock(%s)"):
        time.sleep(AGAIN_SECONDS)
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s)")


def _asked(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [LOCK])
        return cursor.fetchone()[0]
