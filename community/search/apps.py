from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "community.search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from community.search import invariants, people, spelling

        invariants.register()
        people.connect()
        spelling.register()
