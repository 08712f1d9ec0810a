from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("social", "0006_followed_by")]

    operations = [
        migrations.AddField(
            "bookmark",
            "note",
            models.CharField(verbose_name="note", max_length=500, blank=True, default="", db_default=""),
        ),
        migrations.AddField(
            "bookmark",
            "remind_at",
            models.DateTimeField(null=True, blank=True),
        ),
    ]
