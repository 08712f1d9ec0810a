from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("content", "0010_list_by_tag")]

    operations = [
        migrations.AddField(
            model_name='category',
            name='thread_count',
            field=models.IntegerField(db_default=0, default=0, editable=False),
        ),
    ]
