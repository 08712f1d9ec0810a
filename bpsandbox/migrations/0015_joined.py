"""Joins what is applied before a deployment with what is applied after it."""

from django.db import migrations


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("bpsandbox", "0013_overfitting"), ("bpsandbox", "0014_trained_weights")]

    operations: list = []
