from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0013_push")]

    operations = [
        migrations.AddField(
            "mailbox", "bounced_address", models.EmailField(blank=True, db_default="", default="", max_length=254)
        ),
    ]
