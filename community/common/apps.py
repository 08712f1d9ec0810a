from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "community.common"
    verbose_name = _("Common")

    def ready(self) -> None:
        from . import checks, converters  # noqa: F401  (each registers its own)
