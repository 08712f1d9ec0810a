import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0029_post_links"),
        ("forum", "0002_events_move"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "Invitation",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inviter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="content.thread"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("inviter"),
                        models.OrderBy(models.F("created_at"), descending=True),
                        name="invited_lately",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("thread", "invited"), name="invited_once"),
                    models.CheckConstraint(
                        condition=models.Q(("inviter", models.F("invited")), _negated=True), name="invites_another"
                    ),
                ],
            },
        ),
    ]
