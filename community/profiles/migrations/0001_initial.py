import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("content", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Calendar",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("days", models.JSONField(default=dict)),
                ("stale_from", models.DateField(blank=True, null=True)),
                ("marks", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        "stale_from",
                        "person",
                        name="calendar_stale",
                        condition=models.Q(("stale_from__isnull", False)),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spec_hash", models.CharField(blank=True, default="", max_length=32)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pins", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="content.post",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("post", None)).__xor__(models.Q(("spec_hash", ""))), name="pin_one_thing"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("post__isnull", False)), fields=("owner", "post"), name="pin_post_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("spec_hash", ""), _negated=True),
                        fields=("owner", "spec_hash"),
                        name="pin_run_once",
                    ),
                ],
            },
        ),
    ]
