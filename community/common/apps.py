from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "community.common"
    verbose_name = _("Common")

    def ready(self) -> None:
        from . import checks, converters, housekeeping  # noqa: F401  (each registers its own)
        from .changes import triggers
        from .models import Change

        housekeeping.register("changes", lambda: housekeeping.delete_batches(Change.stale()))
        post_migrate.connect(lambda using, **_: triggers.install(using), sender=self, weak=False)
