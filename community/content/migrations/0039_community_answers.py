"""When an answer was made a community answer."""

from django.db import migrations, models

from community.common.new_columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("content", "0036_questions_to_answer")]

    operations = [
        AddColumn("post", "community_at", models.DateTimeField(null=True, blank=True, editable=False)),
    ]
