from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="document", name="document_new"),
        migrations.RemoveField(model_name="document", name="at"),
    ]
