import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE

KINDS = [("outdated", "Outdated"), ("failed", "Did not work for me")]


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0033_votes_and_marks"),
        ("social", "0014_counted_votes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "Agreement",
            fields=[
                ("id", key()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("post", models.ForeignKey("content.Post", CASCADE, related_name="agreements")),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="agreements")),
            ],
            options={"constraints": (models.UniqueConstraint(fields=("user", "post"), name="agreement_once"),)},
        ),
        migrations.CreateModel(
            "Mark",
            fields=[
                ("id", key()),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("reason", models.CharField(max_length=160)),
                ("version", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("post", models.ForeignKey("content.Post", CASCADE, related_name="marks")),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="marks")),
            ],
            options={"constraints": (models.UniqueConstraint(fields=("user", "post", "kind"), name="mark_once"),)},
        ),
    ]
