from django.db import migrations, models
from django.db.models.deletion import CASCADE


class Migration(migrations.Migration):
    dependencies = [("saved", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="NewResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("object_id", models.PositiveBigIntegerField()),
                (
                    "search",
                    models.ForeignKey(
                        db_index=False, on_delete=CASCADE, related_name="new_results", to="saved.savedsearch"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("search", "kind", "object_id"), name="new_result_once")
                ],
            },
        ),
    ]
