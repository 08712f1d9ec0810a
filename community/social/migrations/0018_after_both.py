from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("social", "0016_voted_meanwhile"), ("social", "0017_post_mutes")]

    operations = []
