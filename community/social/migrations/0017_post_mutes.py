import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0033_votes_and_marks"),
        ("social", "0015_agreements_and_marks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "PostMute",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("person", models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="+", db_index=False)),
                ("post", models.ForeignKey("content.Post", CASCADE, related_name="+")),
            ],
            options={"constraints": (models.UniqueConstraint(fields=("person", "post"), name="post_mute_once"),)},
        ),
    ]
