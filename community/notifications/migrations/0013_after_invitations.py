"""Joins the migrations of before and after the deploy."""

from django.db import migrations


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("notifications", "0011_after_both"), ("notifications", "0012_invitations")]

    operations = []
