from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bpsandbox', '0009_certificates'),
    ]

    operations = [
        migrations.AddField(
            model_name='trait',
            name='parameters',
            field=models.BigIntegerField(help_text='Parameters of one seed; empty in older rows.', null=True),
        ),
        migrations.AddField(
            model_name='trait',
            name='steps',
            field=models.BigIntegerField(help_text='Steps of its longest seed; empty in older rows.', null=True),
        ),
        migrations.RemoveIndex(
            model_name='trait',
            name='bpsandbox_trait_by_loss',
        ),
        migrations.AddIndex(
            model_name='trait',
            index=models.Index(fields=['kind', 'value', 'final', '-spec'], name='bpsandbox_trait_by_final'),
        ),
        migrations.AddIndex(
            model_name='trait',
            index=models.Index(fields=['kind', 'value', 'parameters', '-spec'], name='bpsandbox_trait_by_size'),
        ),
        migrations.AddIndex(
            model_name='trait',
            index=models.Index(fields=['kind', 'value', 'steps', '-spec'], name='bpsandbox_trait_by_steps'),
        ),
        migrations.AddIndex(
            model_name='trait',
            index=models.Index(condition=models.Q(('parameters', None)), fields=['spec'], name='bpsandbox_trait_unsized'),
        ),
    ]
