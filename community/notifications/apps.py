from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "community.notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from community.accounts.session_store import read_with_person
        from community.common import housekeeping, slots
        from community.mutes import effects
        from community.notifications import checks, receivers, services
        from community.notifications.inbound import maildir
        from community.notifications.mail import outbox
        from community.notifications.push import outbox as push_outbox
        from community.notifications.selectors import has_unread_rows

        effects.register(effects.Effect(done=services.mark_muted_read))
        read_with_person("has_unread_rows", has_unread_rows())
        housekeeping.register("mailboxes", outbox.add_mailboxes)
        housekeeping.register("mail put off", outbox.set_back)
        housekeeping.register("letters", outbox.hand_out_letters)
        housekeeping.register("digests", outbox.hand_out_digests)
        housekeeping.register("pushes put off", push_outbox.set_back)
        housekeeping.register("pushes", push_outbox.hand_out_pushes)
        housekeeping.register("incoming mail", maildir.take_in)
        receivers.connect()
        register(checks.push_key, Tags.security, deploy=True)
        register(checks.mail_verdicts, Tags.security, deploy=True)
        slots.fill("settings-people", "notifications/settings_row.html", place=-1)
