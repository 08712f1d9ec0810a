from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "community.api"
    verbose_name = _("Api")

    def ready(self) -> None:
        from . import claims

        claims.register()
