from django.db import migrations, models

from community.common.new_columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("content", "0045_text_read")]

    operations = [
        AddColumn("thread", "answer_locked_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
