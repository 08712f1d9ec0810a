from django.db import migrations, models

REASONS = [
    ("needs_config", "It needs a config that shows the problem"),
    ("unclear", "It is unclear what is asked"),
    ("several", "It asks several questions in one"),
    ("opinion", "It has no answer, only opinions"),
    ("off_topic", "It is not about machine learning"),
]


class Migration(migrations.Migration):
    is_post_deployment = False  # only words change

    dependencies = [("review", "0001_initial")]

    operations = [
        migrations.AlterField("proposal", "reason", models.CharField(blank=True, choices=REASONS, max_length=20)),
    ]
