from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Columns of a person that others see, or that decide what they see.
SHOWN = (
    "handle", "handle_key", "display_name", "picture", "links", "bio", "bio_html", "is_active", "is_staff", "is_demo",
    "is_system", "date_joined",
)  # fmt: skip


class AccountsConfig(AppConfig):
    name = "community.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from community.common.changes import watch

        from . import kept_forms, outbox, sessions
        from .models import User

        sessions.register()
        kept_forms.register()
        outbox.register()
        watch(User, columns=SHOWN, inserts=False)  # nothing shows a person before they write or are followed
