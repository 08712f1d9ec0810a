import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0006_indexes_of_lines"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("answers", "Answers, and replies to you"),
                            ("mentions", "Mentions and quotes of you"),
                            ("accepted", "Accepted answers of yours"),
                            ("posts", "New posts in threads that you watch"),
                            ("threads", "New threads that you watch"),
                            ("followers", "New followers"),
                            ("runs", "Runs of yours"),
                        ],
                        max_length=20,
                    ),
                ),
                ("channel", models.CharField(choices=[("site", "On the site"), ("mail", "By email")], max_length=10)),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("never", "Never"),
                            ("immediately", "Immediately"),
                            ("daily", "Daily"),
                            ("weekly", "Weekly"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "topic", "channel"), name="one_preference")],
            },
        ),
    ]
