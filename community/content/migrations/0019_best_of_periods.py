import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0017_read_positions")]

    operations = [
        migrations.CreateModel(
            name="TopListing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "period",
                    models.CharField(
                        choices=[("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year")], max_length=5
                    ),
                ),
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
                ("score", models.IntegerField()),
                ("leaves_at", models.DateTimeField(db_index=True)),
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
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="content.thread"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("thread", "period"), name="listed_once_a_period")],
                "indexes": [
                    models.Index(
                        "period",
                        *within,
                        models.F("score").desc(),
                        models.F("thread").desc(),
                        name="_".join(["best", *within]),
                    )
                    for within in ((), ("kind",), ("category",))
                ],
            },
        ),
    ]
