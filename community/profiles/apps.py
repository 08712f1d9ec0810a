from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfilesConfig(AppConfig):
    name = "community.profiles"
    verbose_name = _("Profiles")

    def ready(self) -> None:
        from community.common import slots
        from community.common.changes import Topic, watch
        from community.profiles import counting
        from community.profiles.models import Calendar, Pin

        watch(Calendar, topics=[Topic("person", "person_id")], columns=("days",))
        watch(Pin, topics=[Topic("person", "owner_id")])
        counting.register()
        slots.fill("post-menu", "profiles/pin_post.html", place=-1)
        slots.fill("run-acts", "profiles/pin_run.html")
