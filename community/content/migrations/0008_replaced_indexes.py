from django.db import migrations

from community.common.concurrent_indexes import RemoveIndexOnline


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True  # the release before reads its lists by them

    dependencies = [("content", "0007_flat_lists")]

    operations = [
        RemoveIndexOnline(
            model_name='thread',
            name='thread_latest',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_kind_latest',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_category_latest',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_new',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_kind_new',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_top',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_kind_top',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_author_new',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_pinned',
        ),
        RemoveIndexOnline(
            model_name='thread',
            name='thread_unanswered',
        ),
    ]
