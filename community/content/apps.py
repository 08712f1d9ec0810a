from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "community.content"
    verbose_name = _("Content")

    def ready(self) -> None:
        from community.common import slots

        from . import indexing, invariants, kept_forms, notices

        indexing.register()
        notices.register()
        invariants.register()
        kept_forms.register()
        slots.fill("search-first-step", "content/ask_step.html")
