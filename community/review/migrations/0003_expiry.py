from django.db import migrations, models

OUTCOMES = [
    ("open", "Open"),
    ("carried", "Carried"),
    ("undone", "Undone"),
    ("dropped", "Dropped"),
    ("expired", "Expired"),
]
STATES = [
    ("open", "Waiting"),
    ("approved", "Approved"),
    ("improved", "Approved with changes"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("expired", "Expired"),
]


class Migration(migrations.Migration):
    is_post_deployment = False  # only words change

    dependencies = [("review", "0002_words_of_reasons")]

    operations = [
        migrations.AlterField(
            "proposal", "outcome", models.CharField(choices=OUTCOMES, default="open", max_length=10)
        ),
        migrations.AlterField(
            "suggestededit", "state", models.CharField(choices=STATES, default="open", max_length=10)
        ),
    ]
