from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialConfig(AppConfig):
    name = "community.social"
    verbose_name = _("Social")

    def ready(self) -> None:
        from community.common import slots
        from community.content import reader_state
        from community.social import audience, counting, invariants, selectors

        audience.register()
        counting.register()
        invariants.register()
        reader_state.register(selectors.with_follows, selectors.reader_state)
        slots.fill("post-side", "social/post_side.html")
        slots.fill("post-acts", "social/post_acts.html")
        slots.fill("thread-follow", "social/thread_follow.html")
