"""Tags with names and texts in both languages, parents and synonyms."""

import django.db.models.deletion
from django.db import migrations, models


def text(length: int = 0) -> models.Field:
    if length:
        return models.CharField(blank=True, db_default="", default="", max_length=length)
    return models.TextField(blank=True, db_default="", default="")


def html() -> models.Field:
    return models.TextField(blank=True, db_default="", default="", editable=False)


def tag(name: str, on_delete) -> models.Field:
    return models.ForeignKey(
        "content.tag", blank=True, null=True, on_delete=on_delete, related_name=name
    )


class Migration(migrations.Migration):
    is_post_deployment = False  # the release before writes no row that these constraints refuse

    dependencies = [("content", "0029_post_links")]

    operations = [
        migrations.AddField("tag", "name_zh", text(40)),
        migrations.AddField("tag", "description_zh", text(300)),
        migrations.AddField("tag", "about", text()),
        migrations.AddField("tag", "about_zh", text()),
        migrations.AddField("tag", "about_html", html()),
        migrations.AddField("tag", "about_zh_html", html()),
        migrations.AddField(
            "tag", "version", models.PositiveIntegerField(db_default=0, default=0, editable=False)
        ),
        migrations.AddField("tag", "parent", tag("children", django.db.models.deletion.SET_NULL)),
        migrations.AddField("tag", "synonym_of", tag("synonyms", django.db.models.deletion.CASCADE)),
        migrations.AddConstraint(
            "tag",
            models.CheckConstraint(
                condition=models.Q(("synonym_of", models.F("pk")), _negated=True), name="tag_no_synonym_of_itself"
            ),
        ),
        migrations.AddConstraint(
            "tag",
            models.CheckConstraint(condition=models.Q(("parent", models.F("pk")), _negated=True), name="tag_not_within_itself"),
        ),
        migrations.AddConstraint(
            "tag",
            models.CheckConstraint(
                condition=models.Q(("synonym_of", None), ("parent", None), _connector="OR"), name="synonym_not_in_tree"
            ),
        ),
    ]
