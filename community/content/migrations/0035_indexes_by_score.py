from django.db import migrations

from community.common.concurrent_indexes import RemoveIndexOnline


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True  # the release before orders answers by them

    dependencies = [("content", "0030_best_answers"), ("content", "0034_ranked_posts")]

    operations = [
        RemoveIndexOnline(model_name="post", name="answers_by_score"),
        RemoveIndexOnline(model_name="post", name="post_best"),
    ]
