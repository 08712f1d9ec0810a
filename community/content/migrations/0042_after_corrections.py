from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("content", "0040_after_both"), ("content", "0041_corrections")]

    operations: list = []
