"""The audit log becomes a room of its own, `community.audit`, whose first migration takes the table over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("AuditEntry")]),
    ]
