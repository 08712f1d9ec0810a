import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0012_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            "preference",
            "channel",
            models.CharField(
                choices=[("site", "On the site"), ("mail", "By email"), ("push", "By push")], max_length=10
            ),
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("p256dh", models.CharField(max_length=100)),
                ("auth", models.CharField(max_length=30)),
                ("session_epoch", models.PositiveIntegerField(db_default=0, default=0)),
                ("browser", models.CharField(blank=True, db_default="", default="", max_length=20)),
                ("system", models.CharField(blank=True, db_default="", default="", max_length=20)),
                ("added_at", models.DateTimeField(db_default=Now(), default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("hour_at", models.DateTimeField(db_default=Now(), default=django.utils.timezone.now)),
                ("in_hour", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Push",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(db_index=True)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="notifications.device",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="notifications.notification",
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("device", "line"), name="one_push")]},
        ),
    ]
