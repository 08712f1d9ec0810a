"""Take the table of thread events over from the forum, with its rows; tags and the category left join what they say."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

ACTIONS = {"locked": "lock", "unlocked": "unlock", "pinned": "pin", "unpinned": "unpin", "moved": "move"}


def rename_actions(apps, schema_editor):
    _rename(apps, schema_editor, ACTIONS)


def name_back(apps, schema_editor):
    _rename(apps, schema_editor, {new: old for old, new in ACTIONS.items()})


def _rename(apps, schema_editor, actions):
    events = apps.get_model("content", "Event").objects.using(schema_editor.connection.alias)
    for old, new in actions.items():
        events.filter(action=old).update(action=new)


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0003_history_begins_with_publication"),
        ("forum", "0002_events_move"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("act", models.CharField(max_length=10)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("after_number", models.PositiveIntegerField(default=0)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("actor", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("category", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="content.category")),
                        ("thread", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="events", to="content.thread")),
                    ],
                    options={"ordering": ["pk"], "db_table": "forum_event"},
                )
            ]
        ),
        migrations.AlterModelTable("Event", None),
        migrations.RenameField("Event", "act", "action"),
        migrations.AlterField("Event", "action", models.CharField(max_length=30)),
        migrations.AddField(
            "Event",
            "from_category",
            models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="content.category"),
        ),
        migrations.AddField("Event", "tags_added", models.JSONField(blank=True, default=list)),
        migrations.AddField("Event", "tags_removed", models.JSONField(blank=True, default=list)),
        migrations.RunPython(rename_actions, name_back),
    ]
