from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialConfig(AppConfig):
    name = "community.social"
    verbose_name = _("Social")

    def ready(self) -> None:
        from community.accounts.session_store import read_with_person
        from community.common import slots
        from community.common.changes import Topic, watch
        from community.content import reader_state, sifting
        from community.content.models import Post
        from community.mutes import effects
        from community.notifications.verbs import register_filter
        from community.social import (
            audience,
            counting,
            followed,
            invariants,
            marking,
            marks,
            muted_subjects,
            reminders,
            roundup,
            selectors,
            services,
        )

        from .models import Follow, Mark

        watch(Follow, topics=[Topic("person", "person_id"), Topic("person", "follower_id")])
        posts = Post._meta.db_table
        watch(Mark, topics=[Topic("thread", "thread_id", through=posts, by="id", key="post_id")])
        for subject in ("tag", "category"):
            read_with_person(f"has_muted_{subject}", muted_subjects.has_muted(subject))
        register_filter(muted_subjects.unmuted, is_of_sent=True)
        sifting.register(sifting.Muted(muted_subjects.mutes_any, muted_subjects.with_muted))
        marking.register()
        audience.register()
        counting.register()
        effects.register(effects.Effect(services.after_mute, services.after_unmute))
        invariants.register()
        reminders.register()
        roundup.connect()
        reader_state.register("marks", marks.on_posts)
        reader_state.register("social", selectors.reader_state, selectors.levels_of)
        muted = (selectors.muted_posts_of, "social/muted_post.html")
        followed.register(followed.Followed("post", _("Muted posts"), *muted))
        slots.fill("post-side", "social/post_side.html")
        slots.fill("post-acts", "social/post_acts.html")
        slots.fill("comment-acts", "social/post_agree.html")
        slots.fill("post-notices", "social/marks.html")
        slots.fill("post-menu", "social/mark_item.html")
        slots.fill("post-menu", "social/mute_item.html")
        slots.fill("thread-follow", "social/thread_follow.html")
