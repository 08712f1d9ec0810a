import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("query", models.CharField(max_length=500)),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("look_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index("look_at", "id", name="saved_search_due")],
                "constraints": [models.UniqueConstraint(fields=("owner", "query"), name="saved_search_once")],
            },
        ),
    ]
