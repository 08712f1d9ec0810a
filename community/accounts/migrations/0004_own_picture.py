from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_visits")]

    operations = [
        migrations.AddField("user", "tracks_read", models.BooleanField(default=True, db_default=True, editable=False)),
        migrations.AddField(
            "user",
            "picture",
            models.CharField(verbose_name="picture", max_length=72, blank=True, default="", db_default=""),
        ),
    ]
