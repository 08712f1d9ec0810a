from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("content", "0049_after_discarded_drafts"), ("content", "0050_pinned_everywhere")]

    operations: list = []
