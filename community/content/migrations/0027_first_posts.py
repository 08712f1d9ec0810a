from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0024_tags_of_rows")]

    operations = [
        migrations.AddField("post", "is_first", models.BooleanField(default=False, db_default=False, editable=False)),
    ]
