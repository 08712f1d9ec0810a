from django.db import migrations

from community.common.concurrent_indexes import RemoveIndexOnline


class Migration(migrations.Migration):
    """The release before reads lists along them."""

    is_post_deployment = True
    atomic = False

    dependencies = [("notifications", "0008_mail")]

    operations = [
        RemoveIndexOnline("notification", "notification_new"),
        RemoveIndexOnline("notification", "notification_verb"),
        RemoveIndexOnline("notification", "notification_unread"),
    ]
