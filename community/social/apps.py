from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialConfig(AppConfig):
    name = "community.social"
    verbose_name = _("Social")

    def ready(self) -> None:
        from community.social import audience, counting, invariants

        audience.register()
        counting.register()
        invariants.register()
