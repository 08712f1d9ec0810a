from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MutesConfig(AppConfig):
    name = "community.mutes"
    verbose_name = _("Muted and blocked people")

    def ready(self) -> None:
        from community.accounts.session_store import read_with_person
        from community.common import slots
        from community.mutes.selectors import has_mutes

        read_with_person("has_mutes", has_mutes())
        slots.fill("post-menu", "mutes/post_menu.html", place=1)
        slots.fill("settings-people", "mutes/settings_row.html")
