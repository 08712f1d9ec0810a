from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BpsandboxConfig(AppConfig):
    name = "bpsandbox"
    verbose_name = _("Backpropagation sandbox")
