from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("notifications", "0015_after_push"), ("notifications", "0016_saved_searches")]

    operations = []
