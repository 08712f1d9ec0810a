"""Runs are found by their activations: housekeeping writes the traits of all of them again, a few at a time.

After the deployment, since the release before would write some without.
"""

from django.db import migrations


def forget_who_has_traits(apps, schema_editor):
    apps.get_model("bpsandbox", "Spec").objects.exclude(traits_of=None).update(traits_of=None)


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("bpsandbox", "0013_overfitting"), ("bpsandbox", "0014_trained_weights")]

    operations = [migrations.RunPython(forget_who_has_traits, migrations.RunPython.noop)]
