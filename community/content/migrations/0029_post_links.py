from django.db import migrations, models
from django.db.models.deletion import CASCADE

TO_POST, TO_RUN = models.Q(target__isnull=False), ~models.Q(embed="")


class Migration(migrations.Migration):
    dependencies = [("content", "0028_reading_time")]

    operations = [
        migrations.CreateModel(
            "PostLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("embed", models.CharField(blank=True, db_default="", default="", max_length=64)),
                ("post", models.ForeignKey("content.Post", CASCADE, db_index=False, related_name="links")),
                (
                    "target",
                    models.ForeignKey(
                        "content.Post", CASCADE, blank=True, db_index=False, null=True, related_name="+"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index("post", name="link_post"),
                    models.Index("target", models.F("post").desc(), condition=TO_POST, name="link_target"),
                    models.Index("embed", models.F("post").desc(), condition=TO_RUN, name="link_embed"),
                ],
                "constraints": [
                    models.UniqueConstraint(condition=TO_POST, fields=("post", "target"), name="one_link_to_a_post"),
                    models.UniqueConstraint(condition=TO_RUN, fields=("post", "embed"), name="one_link_to_a_run"),
                    models.CheckConstraint(
                        condition=models.Q(target=None) & TO_RUN | TO_POST & models.Q(embed=""),
                        name="link_to_post_or_run",
                    ),
                ],
            },
        ),
    ]
