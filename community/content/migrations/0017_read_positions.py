import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

IS_UNREAD = models.Q(("newest__gt", models.F("number")))


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0014_withdrawn_answer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadPosition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("read_at", models.DateTimeField()),
                ("newest", models.PositiveIntegerField()),
                ("last_post_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("question", "Question"),
                            ("discussion", "Discussion"),
                            ("article", "Article"),
                            ("note", "Note"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="content.category",
                    ),
                ),
                (
                    "reader",
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
                "constraints": [models.UniqueConstraint(fields=("reader", "thread"), name="one_read_position")],
                "indexes": [
                    models.Index(
                        "reader",
                        *within,
                        models.F("last_post_at").desc(),
                        models.F("thread").desc(),
                        condition=IS_UNREAD,
                        name="_".join(["unread", *within]),
                    )
                    for within in ((), ("kind",), ("category",))
                ],
            },
        ),
    ]
