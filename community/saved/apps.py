from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SavedConfig(AppConfig):
    name = "community.saved"
    verbose_name = _("Saved searches")

    def ready(self) -> None:
        from community.common import housekeeping, slots
        from community.saved import notices, watching

        notices.register()
        housekeeping.register("saved searches", watching.watch)
        slots.fill("search-acts", "saved/search_act.html")
        slots.fill("bookmarks-head", "saved/bookmarks_head.html", place=1)
