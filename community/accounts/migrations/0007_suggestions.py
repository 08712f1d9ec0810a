from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_account_mail")]

    operations = [
        migrations.AddField(
            "user", "wants_suggestions", models.BooleanField(default=True, db_default=True, editable=False)
        ),
    ]
