from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_mail")]

    operations = [
        migrations.AddField("mailbox", "bounced_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("mailbox", "bounces", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddField("mailbox", "answered_at", models.DateTimeField(blank=True, null=True)),
    ]
