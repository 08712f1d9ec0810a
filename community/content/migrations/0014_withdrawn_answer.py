import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("content", "0012_count_by_category")]

    operations = [
        migrations.AddField(
            model_name='thread',
            name='withdrawn_answer',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='content.post'),
        ),
    ]
