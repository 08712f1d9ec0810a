from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("content", "0030_best_answers"), ("content", "0031_thread_held_at")]

    operations = []
