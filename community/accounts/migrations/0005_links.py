from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_own_picture")]

    operations = [
        migrations.AddField(
            "user", "links", models.TextField(verbose_name="links", blank=True, default="", db_default="")
        ),
    ]
