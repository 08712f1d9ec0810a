from django.db import migrations


class Migration(migrations.Migration):
    """Joins the ends of what is applied before and after a deploy."""

    is_post_deployment = True

    dependencies = [("notifications", "0009_replaced_indexes"), ("notifications", "0010_incoming_mail")]

    operations = []
