"""Apart from the copying before it: PostgreSQL alters no table in the transaction that changed its rows."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_targets")]

    operations = [migrations.RemoveField("AuditEntry", "post")]
