from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_over(apps, schema_editor):
    """Tokens that are there go on working: they count as made since their owner's last password."""
    Token, User = apps.get_model("api", "Token"), apps.get_model(settings.AUTH_USER_MODEL)
    epochs = User.objects.filter(pk=OuterRef("owner_id")).values("session_epoch")
    Token.objects.update(epoch=Subquery(epochs))


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="token",
            name="epoch",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
