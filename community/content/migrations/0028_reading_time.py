from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0027_first_posts")]

    operations = [
        migrations.AddField(
            "readposition", "seconds", models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
        ),
    ]
