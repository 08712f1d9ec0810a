from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "community.content"
    verbose_name = _("Content")

    def ready(self) -> None:
        from community.common import housekeeping, slots

        from . import indexing, invariants, kept_forms, listings, merging, notices, searching, tag_search, topics
        from .services import drafts, reading

        topics.register()
        indexing.register()
        searching.connect()
        tag_search.connect()
        notices.register()
        invariants.register()
        kept_forms.register()
        listings.connect()
        merging.connect()
        reading.register()
        housekeeping.register("discarded drafts", drafts.sweep_discarded)
        slots.fill("search-first-step", "content/ask_step.html")
        slots.fill("before-confirmation", "content/draft_waits.html")
        slots.fill("confirmation", "content/draft_next.html")
