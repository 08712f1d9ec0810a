from django.db import migrations

from community.common.concurrent_indexes import RemoveIndexOnline


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True  # the release before lists unanswered questions by them

    dependencies = [("content", "0035_indexes_by_score"), ("content", "0036_questions_to_answer")]

    operations = [
        RemoveIndexOnline(model_name="thread", name="unanswered"),
        RemoveIndexOnline(model_name="thread", name="category_unanswered"),
        RemoveIndexOnline(model_name="thread", name="author_unanswered"),
    ]
