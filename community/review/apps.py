from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "community.review"
    verbose_name = _("Review")

    def ready(self) -> None:
        from community.common import housekeeping, slots
        from community.common.changes import Topic, watch
        from community.content import draft_rows, edited, pages, reader_state
        from community.review import boxes, invariants, notices, selectors, services
        from community.review.models import Proposal, SuggestedEdit

        watch(Proposal, topics=[Topic("thread", "thread_id"), Topic("thread", "original_id")])
        watch(SuggestedEdit, topics=[Topic("person", "author_id")])
        notices.register()
        invariants.register()
        housekeeping.register("proposals", services.expire_proposals)
        housekeeping.register("suggestions", services.expire_suggestions)
        edited.register(services.after_edit)
        edited.register(services.tell_of_community_edit)
        pages.register_part("question_review", selectors.question_review)
        reader_state.register("review", selectors.reader_state, selectors.of_thread)
        reader_state.register("community", selectors.community_answers)
        draft_rows.register("suggest", boxes.SUGGEST)
        draft_rows.register("improve", boxes.IMPROVE)
        slots.fill("post-state", "review/post_state.html")
        slots.fill("post-menu", "review/post_menu.html", place=-1)
        slots.fill("post-notices", "review/community_line.html", place=-1)
        slots.fill("post-acts", "review/community_act.html", place=1)
        slots.fill("thread-banner", "review/banner.html")
        slots.fill("thread-aside", "review/aside.html")
