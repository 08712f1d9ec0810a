from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "community.api"
    verbose_name = _("API")

    def ready(self) -> None:
        from community.common import slots

        from . import claims

        claims.register()
        slots.fill("settings-account", "api/settings_row.html")
