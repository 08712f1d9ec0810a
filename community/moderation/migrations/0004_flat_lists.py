from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("moderation", "0003_more_reasons")]

    operations = [
        AddIndexOnline(
            model_name='report',
            index=models.Index(models.F('post'), models.OrderBy(models.F('created_at'), descending=True), condition=models.Q(('closed_at', None)), name='report_open_of_post'),
        ),
        AddIndexOnline(
            model_name='report',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('closed_at', None)), name='report_open_new'),
        ),
        RemoveIndexOnline(
            model_name='report',
            name='report_open',
        ),
    ]
