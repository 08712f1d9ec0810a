from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_formulas")]

    operations = [
        migrations.AddField("user", "seen_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("user", "visited_at", models.DateTimeField(editable=False, null=True)),
    ]
