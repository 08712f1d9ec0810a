from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("social", "0002_feed_entries")]

    operations = [
        AddIndexOnline(
            model_name='follow',
            index=models.Index(models.F('person'), models.F('follower'), condition=models.Q(('person__isnull', False)), name='follower_of_person'),
        ),
    ]
