from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("content", "0042_after_corrections"), ("content", "0046_locked_answers")]

    operations: list = []
