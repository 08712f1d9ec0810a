from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_visits")]

    operations = [
        migrations.AddField("user", "tracks_read", models.BooleanField(default=True, db_default=True, editable=False)),
    ]
