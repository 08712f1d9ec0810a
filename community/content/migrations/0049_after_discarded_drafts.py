from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("content", "0047_after_locked_answers"), ("content", "0048_discarded_drafts")]

    operations: list = []
