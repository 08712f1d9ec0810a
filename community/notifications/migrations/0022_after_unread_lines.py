from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("notifications", "0019_after_both"), ("notifications", "0021_unread_lines")]

    operations = []
