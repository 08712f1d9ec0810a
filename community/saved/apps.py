from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SavedConfig(AppConfig):
    name = "community.saved"
    verbose_name = _("Saved searches")

    def ready(self) -> None:
        from community.common import housekeeping, slots
        from community.saved import notices, watching
        from community.saved.models import SavedSearch
        from community.social import followed

        notices.register()
        housekeeping.register("saved searches", watching.watch)
        own = SavedSearch.objects.filter
        template = "saved/followed_search.html"
        followed.register(followed.Followed("search", _("Searches"), lambda person: own(owner=person), template))
        slots.fill("search-acts", "saved/search_act.html")
        slots.fill("bookmarks-head", "saved/bookmarks_head.html", place=1)
