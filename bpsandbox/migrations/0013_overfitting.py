"""A rise too small for a finding is none in lists either: housekeeping writes the traits of runs that had one.
A result from before there were findings keeps its trait if the rise is as large as that of a finding.

After the deployment, since the release before would write some more.
"""

from django.db import migrations


def forget_who_overfits(apps, schema_editor):
    found = apps.get_model("bpsandbox", "Trait").objects.filter(kind="finding", value="overfitting")
    apps.get_model("bpsandbox", "Spec").objects.filter(pk__in=found.values("spec")).update(traits_of=None)


class Migration(migrations.Migration):
    is_post_deployment = True

    dependencies = [("bpsandbox", "0012_sizes")]

    operations = [migrations.RunPython(forget_who_overfits, migrations.RunPython.noop)]
