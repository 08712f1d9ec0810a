from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("blogs", "0003_follows_across_blocks"), ("blogs", "0004_summary_html")]

    operations: list = []
