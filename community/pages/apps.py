from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "community.pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from community.common import readiness
        from community.content import places
        from community.rendering import pool

        places.register("pages:profile")
        readiness.register("renderer", lambda: pool.render("ready").version > 0)
