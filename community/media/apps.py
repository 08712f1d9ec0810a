from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "community.media"
    verbose_name = _("Media")

    def ready(self) -> None:
        from community.common import slots
        from community.common.changes import watch

        from . import checks, invariants  # noqa: F401 - checks are registered by their import
        from .models import Asset

        watch(Asset)
        invariants.register()
        slots.fill("settings-avatar", "media/avatar_form.html")
