from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BpsandboxConfig(AppConfig):
    name = "bpsandbox"
    verbose_name = _("Backpropagation sandbox")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the settings, and set the translator of the packages without Django."""
        from django.utils.translation import gettext

        from bpsandbox import checks, conf, messages  # noqa: F401

        conf.current()
        messages.use(gettext)
