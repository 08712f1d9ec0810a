"""Indexes that migrations make while the site runs."""

import pytest
from django.db import connection, models
from django.db.migrations.state import ModelState, ProjectState

from community.common.concurrent_indexes import AddIndexOnline, RemoveIndexOnline, exists

pytestmark = pytest.mark.both

NAME = "listed_by_score"
INDEX = models.Index("score", name=NAME)


def states() -> tuple[ProjectState, ProjectState]:
    """Return a table without and with the index."""
    columns = [("id", models.BigAutoField(primary_key=True)), ("score", models.IntegerField())]
    without = ProjectState({("content", "taglisting"): ModelState("content", "TagListing", columns)})
    index = without.clone()
    AddIndexOnline("taglisting", INDEX).state_forwards("content", index)
    return without, index


def apply(operation: AddIndexOnline | RemoveIndexOnline) -> None:
    without, index = states()
    before, after = (without, index) if isinstance(operation, AddIndexOnline) else (index, without)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("content", editor, before, after)


def is_there() -> bool:
    return exists(connection.schema_editor(), NAME)


@pytest.mark.django_db(transaction=True)
def test_a_migration_of_indexes_can_be_applied_again():
    for _ in range(2):
        apply(AddIndexOnline("taglisting", INDEX))
        assert is_there()
    for _ in range(2):
        apply(RemoveIndexOnline("taglisting", NAME))
        assert not is_there()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite leaves no unfinished index")
def test_an_index_that_was_not_finished_is_made_anew():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX {NAME} ON content_taglisting (score)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [NAME])
    try:
        apply(AddIndexOnline("taglisting", INDEX))
        with connection.cursor() as cursor:
            cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [NAME])
            assert cursor.fetchall() == [(True,)]
    finally:
        apply(RemoveIndexOnline("taglisting", NAME))
