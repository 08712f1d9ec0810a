from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("notifications", "0017_after_searches"), ("notifications", "0018_stopped_from")]

    operations = []
