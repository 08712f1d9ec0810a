"""Columns that migrations add to large tables."""

import pytest
from django.db import connection, models
from django.db.migrations.state import ModelState, ProjectState

from community.common.new_columns import AddColumn

pytestmark = pytest.mark.both


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "field", [models.IntegerField(default=3, db_default=3), models.CharField(max_length=9, null=True)]
)
def test_a_column_is_one_statement_that_reads_no_rows(field):
    before = ProjectState(
        {("content", "tag"): ModelState("content", "Tag", [("id", models.BigAutoField(primary_key=True))])}
    )
    after, operation = before.clone(), AddColumn("tag", "new", field)
    operation.state_forwards("content", after)
    with connection.schema_editor(atomic=False, collect_sql=True) as editor:
        operation.database_forwards("content", editor, before, after)
    (statement,) = editor.collected_sql
    assert statement.startswith('ALTER TABLE "content_tag" ADD COLUMN "new"') and "CHECK" not in statement
