"""The lists of tags, as far as the release before 0006 changed threads while it still ran."""

from django.db import migrations

REMOVE = """
DELETE FROM content_taglisting WHERE NOT EXISTS (
    SELECT 1 FROM content_thread t JOIN content_thread_tags g ON g.thread_id = t.id
    WHERE t.id = content_taglisting.thread_id AND g.tag_id = content_taglisting.tag_id
    AND t.published_at IS NOT NULL AND t.hidden_at IS NULL AND t.deleted_at IS NULL
)
"""
UPDATE = """
UPDATE content_taglisting AS listed
SET last_post_at = t.last_post_at, published_at = t.published_at, score = t.score,
    is_unanswered = (t.kind = 'question' AND t.answer_count = 0)
FROM content_thread AS t
WHERE t.id = listed.thread_id AND NOT (
    listed.last_post_at = t.last_post_at AND listed.published_at = t.published_at AND listed.score = t.score
    AND listed.is_unanswered = (t.kind = 'question' AND t.answer_count = 0)
)
"""
ADD = """
INSERT INTO content_taglisting (tag_id, thread_id, last_post_at, published_at, score, is_unanswered)
SELECT g.tag_id, t.id, t.last_post_at, t.published_at, t.score, t.kind = 'question' AND t.answer_count = 0
FROM content_thread_tags g JOIN content_thread t ON t.id = g.thread_id
WHERE t.published_at IS NOT NULL AND t.hidden_at IS NULL AND t.deleted_at IS NULL
ON CONFLICT (tag_id, thread_id) DO NOTHING
"""


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("content", "0008_replaced_indexes")]

    operations = [migrations.RunSQL([REMOVE, UPDATE, ADD], migrations.RunSQL.noop)]
