from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("social", "0009_mutes_of_people")]

    operations = [
        migrations.AddField("bookmark", "version", models.PositiveIntegerField(default=0, db_default=0)),
    ]
