"""What the database looks up by an index although no page does."""

import pytest
from django.db import connection

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.mark.parametrize("column", ["solved_post_id", "withdrawn_answer_id"])
def test_the_deletion_of_a_post_finds_the_threads_that_refer_to_it_by_an_index(column):
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which reads a small table as a whole
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} UPDATE content_thread SET {column} = NULL WHERE {column} = 5")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "content_thread_solved_post_id" in plan if column == "solved_post_id" else "thread_withdrawn" in plan
