"""Take the table of audit entries over from moderation, with its rows."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("content", "0002_categories"),
        ("moderation", "0002_audit_entries_move"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("act", models.CharField(max_length=30)),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("actor", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("post", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="content.post")),
                    ],
                    options={
                        "db_table": "moderation_auditentry",
                        "verbose_name_plural": "audit entries",
                        "indexes": [models.Index(models.OrderBy(models.F("created_at"), descending=True), models.OrderBy(models.F("id"), descending=True), name="audit_new")],
                    },
                )
            ]
        ),
        migrations.AlterModelTable("AuditEntry", None),
        migrations.RenameField("AuditEntry", "act", "action"),
        migrations.AddField("AuditEntry", "target_kind", models.CharField(max_length=20, default="post"), preserve_default=False),
        migrations.AddField("AuditEntry", "target_id", models.PositiveBigIntegerField(default=0), preserve_default=False),
        migrations.AddField("AuditEntry", "changes", models.JSONField(blank=True, default=dict)),
    ]
