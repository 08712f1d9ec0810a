from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    name = "community.lists"
    verbose_name = _("Reading lists")

    def ready(self) -> None:
        from community.common import slots
        from community.common.changes import Topic, watch
        from community.lists.models import ReadingList
        from community.lists.selectors import find_lists, find_progress
        from community.social import selectors

        watch(ReadingList, topics=[Topic("person", "owner_id")])
        selectors.complete_bookmarks(find_lists)
        selectors.complete_bookmarks(find_progress)
        slots.fill("bookmark-acts", "lists/bookmark_act.html")
        slots.fill("bookmark-facts", "lists/bookmark_fact.html")
        slots.fill("bookmarks-head", "lists/bookmarks_head.html")
