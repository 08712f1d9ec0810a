from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("content", "0038_named_tags"), ("content", "0039_community_answers")]

    operations: list = []
