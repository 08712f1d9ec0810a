from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0002_note")]

    operations = [
        AddIndexOnline(
            model_name='notification',
            index=models.Index(models.F('recipient'), models.F('verb'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='notification_verb'),
        ),
    ]
