import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bpsandbox', '0007_forked_from'),
    ]

    operations = [
        migrations.CreateModel(
            name='Trait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('value', models.CharField(max_length=60)),
                ('final', models.FloatField(help_text='The final loss of the current run; very large without one.')),
                ('spec', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='traits', to='bpsandbox.spec')),
            ],
            options={
                'verbose_name': 'trait',
                'verbose_name_plural': 'traits',
                'indexes': [models.Index(condition=models.Q(('kind', 'task')), fields=['kind', 'value', 'final', '-spec'], name='bpsandbox_trait_by_loss')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'value', 'spec'), name='bpsandbox_trait_once_a_spec')],
            },
        ),
        migrations.AddField(
            model_name='spec',
            name='traits_of',
            field=models.BigIntegerField(blank=True, help_text='The run that its traits are of; empty until they are written.', null=True),
        ),
        migrations.AddIndex(
            model_name='spec',
            index=models.Index(condition=models.Q(('current_run__isnull', False), ('traits_of', None)), fields=['current_run'], name='bpsandbox_spec_untraited'),
        ),
    ]
