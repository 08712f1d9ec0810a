from django.db import migrations, models


class Migration(migrations.Migration):
    """What is followed is watched: of all that it brings, the release before notifies too."""

    dependencies = [("social", "0003_followers")]

    operations = [
        migrations.AddField(
            model_name="follow",
            name="level",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Muted"), (1, "Normal"), (2, "Tracking"), (3, "Watching")], db_default=3, default=3
            ),
        ),
    ]
