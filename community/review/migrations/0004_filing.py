from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0003_expiry")]

    operations = [
        migrations.AddField("suggestededit", "filing", models.JSONField(blank=True, db_default={}, default=dict)),
    ]
