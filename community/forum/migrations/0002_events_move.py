"""The events of a thread belong to every kind of thread: `community.content` takes the table over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Event")]),
    ]
