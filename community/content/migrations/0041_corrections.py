"""Which versions were only corrected: the history does not show them."""

from django.db import migrations, models

from community.common.new_columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("content", "0039_community_answers")]

    operations = [
        AddColumn("revision", "is_corrected", models.BooleanField(default=False, db_default=False, editable=False)),
    ]
