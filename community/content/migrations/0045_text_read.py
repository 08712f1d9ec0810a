"""How far somebody has read the text that a thread begins with."""

from django.db import migrations, models

from community.common.new_columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("content", "0044_comments_of_authors")]

    operations = [
        AddColumn("readposition", "text_read", models.SmallIntegerField(default=0, db_default=0, editable=False)),
    ]
