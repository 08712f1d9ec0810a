from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bpsandbox', '0006_worker_rates'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='forked_from',
            field=models.CharField(blank=True, db_default='', default='', help_text='The hash of the spec that the config was forked from, as its text says; it may be gone.', max_length=32),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('forked_from', ''), _negated=True), fields=['forked_from'], name='bpsandbox_attachment_forks'),
        ),
    ]
