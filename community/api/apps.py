from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "community.api"
    verbose_name = _("API")

    def ready(self) -> None:
        from community.common import open_streams, slots

        from . import claims, models

        claims.register()
        open_streams.tokens_are_asked(models.usable_tokens)
        slots.fill("settings-access", "api/settings_row.html")
