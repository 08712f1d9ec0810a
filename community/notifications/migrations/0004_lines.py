import django.db.models.functions
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_flat_lists")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="line",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="joined",
                to="notifications.notification",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="subject",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="size",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="notification",
            name="last_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.Now(), default=django.utils.timezone.now
            ),
        ),
    ]
