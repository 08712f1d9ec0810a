from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    is_post_deployment = True

    dependencies = [("content", "0015_both_ends")]

    operations = [
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('withdrawn_answer'), condition=models.Q(('withdrawn_answer__isnull', False)), name='thread_withdrawn'),
        ),
    ]
