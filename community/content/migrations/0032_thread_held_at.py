from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0031_tags_in_order")]

    operations = [
        migrations.AddField("thread", "held_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
